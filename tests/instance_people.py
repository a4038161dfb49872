"""Makes an instance's people, each signed in; run with its settings by tests/instance.py.

Prints JSON: {"sessions": {"username": "session key"}, "session_cookie": …, "csrf_cookie": …}.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webchat.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402

from accounts.models import Person  # noqa: E402

BACKEND = "accounts.backends.ByUsername"
PASSWORD = "correct horse battery"


def signed_in(username: str, **fields: str) -> str:
    person = Person.objects.create_person(username, PASSWORD, **fields)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def main() -> None:
    call_command("migrate", verbosity=0)
    if "--people" not in sys.argv:
        return
    sessions = {
        "ann": signed_in("ann", display_name="Ann Arbor"),
        "bob": signed_in("bob", display_name="Bob Bell"),
        "eve": signed_in("eve", display_name="Eve Else"),
        "admin": signed_in("admin", display_name="Ada Min", role="administrator"),
    }
    made = {
        "sessions": sessions,
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }
    print(json.dumps(made))


if __name__ == "__main__":
    main()
