"""Fills an empty data folder for the bench: people with sessions, each with an empty conversation.

Prints a JSON list of {"cookies", "csrf", "conversation", "form"}. Run with the bench's data folder.
"""

import json
import os
import sys
import uuid
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webchat.settings")
django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command

from accounts.models import Person
from chat.models import Conversation, Message
from chat.models.role import Role

BACKEND = "accounts.backends.ByUsername"
MODEL = "bench:latest"
CSRF = "c" * 32  # any will do: the cookie and the header must be the same
LONG_PAGE = 15  # questions and as many answers, of 2 kB each


def session_of(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def session_cookies(person: Person) -> dict[str, str]:
    """What a browser holds that this person has signed in with."""
    return {
        settings.SESSION_COOKIE_NAME: session_of(person),
        settings.CSRF_COOKIE_NAME: CSRF,
    }


def reader(number: int) -> dict[str, Any]:
    person = Person.objects.create_person(f"reader{number}", None)
    # With a title of the person's own: what is measured is the answer, not a title by a model.
    conversation = Conversation.objects.create(
        owner=person,
        title="Bench",
        title_source=Conversation.TitleSource.PERSON,
        model_name=MODEL,
    )
    cookies = session_cookies(person)
    return {
        "cookies": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "csrf": CSRF,
        "conversation": str(conversation.pk),
        "form": {"text": "Go", "key": str(uuid.uuid4()), "model": MODEL},
    }


def long_page() -> dict[str, Any]:
    """One more person, whose conversation holds 30 messages of 2 kB."""
    made = reader(-1)
    conversation = Conversation.objects.get(pk=made["conversation"])
    words = "All work and no play makes a dull page. " * 51
    parent = None
    for n in range(2 * LONG_PAGE):
        is_answer = n % 2
        parent = Message.objects.create(
            conversation=conversation,
            parent=parent,
            role=Role.ASSISTANT if is_answer else Role.USER,
            author=None if is_answer else conversation.owner,
            text=words,
            model_name=MODEL if is_answer else "",
        )
    conversation.leaf = parent
    conversation.save()
    return made


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    print(json.dumps([*(reader(n) for n in range(int(sys.argv[1]))), long_page()]))
