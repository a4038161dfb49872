"""Renaming a conversation."""

import pytest
from django.urls import reverse

from tests.chat.conftest import HTMX

BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


@pytest.fixture
def rename(ann, client_of):
    """A function: sends the form of the "More" menu."""

    def send(conversation, title, headers=HTMX):
        url = reverse("chat:title", args=[conversation.pk])
        response = client_of(ann).post(url, {"title": title}, headers=headers)
        conversation.refresh_from_db()
        return response

    return send


@BOTH
def test_a_title_by_a_person_is_kept_as_one(ann, ask, rename, headers):
    conversation = ask(ann)
    response = rename(conversation, "  The colour\r\n of the   sky ", headers)
    assert response.status_code == (204 if headers else 302)
    assert (conversation.title, conversation.title_source) == ("The colour of the sky", "person")


@BOTH
@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("", "Write a title first."),
        (" \n", "Write a title first."),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_what_is_no_title_says_why(ann, ask, rename, headers, title, why):
    conversation = ask(ann)
    response = rename(conversation, title, headers)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert conversation.title_source == "words"


def test_a_title_is_cleaned(ann, ask, rename):
    conversation = ask(ann)
    rename(conversation, "a\0b\ud800".encode("utf-8", "surrogatepass"))
    assert "\0" not in conversation.title


def test_a_page_that_catches_up_gets_the_title(ann, ask, rename, client_of):
    conversation = ask(ann)
    rename(conversation, "<b>Blue</b>")
    url = reverse("chat:messages", args=[conversation.pk])
    html = client_of(ann).get(url, headers=HTMX).content.decode()
    assert 'hx-target="#title" hx-swap="innerHTML">&lt;b&gt;Blue&lt;/b&gt;</hx-partial>' in html
    assert "<title>&lt;b&gt;Blue&lt;/b&gt; · Webchat</title>" in html


def test_the_list_shows_it(ann, ask, rename, client_of):
    conversation = ask(ann)
    rename(conversation, "Blue")
    html = client_of(ann).get("/conversations/", headers=HTMX).content.decode()
    assert '<span dir="auto">Blue</span>' in html
