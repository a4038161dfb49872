import re

import pytest
from django.urls import reverse

from chat.models import Conversation
from tests.chat.conftest import HTMX

LISTED = "/conversations/listed/"


@pytest.fixture
def ann_client(ann, client_of):
    return client_of(ann)


@pytest.fixture
def talk(ask, answer):
    """A function: a conversation of a person that is answered."""

    def start(person, text="Why is the sky blue?") -> Conversation:
        conversation = ask(person, text)
        answer(conversation)
        return conversation

    return start


@pytest.fixture
def sidebar(ann_client):
    """A function: the list beside every page, as Ann's browser fetches it."""

    def fetch(current="/"):
        headers = HTMX | {"HX-Current-URL": f"http://testserver{current}"}
        return ann_client.get("/conversations/", headers=headers).content.decode()

    return fetch


def place(name, conversation):
    return reverse(f"chat:{name}", args=[conversation.pk])


def change(client, action, *conversations, **more):
    ids = [str(each.pk) for each in conversations]
    return client.post("/conversations/changes/", {"action": action, "conversation": ids, **more})


def titles(html):
    return re.findall(r'class="named"[^>]*>([^<]+)<', html)
