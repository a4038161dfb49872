"""Rating an answer, with a word why."""

import pytest
from django.urls import reverse

from chat.models import Message
from tests.chat.conftest import HTMX


@pytest.fixture
def ended(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    return Message.objects.get(pk=conversation.leaf_id)


def at(ended):
    return reverse("chat:rating", args=[ended.pk])


def kept(ended):
    ended.refresh_from_db()
    return ended.rating, ended.rating_reason


def test_one_press_rates_and_asks_why(ann, client_of, ended):
    asked = client_of(ann).post(at(ended), {"rating": "down"}, headers=HTMX)
    assert "A word why" in asked.content.decode()
    assert kept(ended) == ("down", "")


def test_the_reason_is_kept_and_closes_the_dialog(ann, client_of, ended):
    form = {"rating": "down", "reason": "Too long"}
    assert client_of(ann).post(at(ended), form, headers=HTMX).content == b""
    assert kept(ended) == ("down", "Too long")


def test_the_same_press_again_keeps_the_reason(ann, client_of, ended):
    ended.rate("up", "Short")
    client_of(ann).post(at(ended), {"rating": "up"}, headers=HTMX)
    assert kept(ended) == ("up", "Short")


def test_taken_back_it_has_no_reason_either(ann, client_of, ended):
    ended.rate("up", "Short")
    client_of(ann).post(at(ended), {"rating": "", "reason": "Short"}, headers=HTMX)
    assert kept(ended) == ("", "")


def test_the_message_shows_it_escaped(ann, client_of, ended):
    ended.rate("down", "<b>no</b>")
    page = client_of(ann).get(reverse("chat:conversation", args=[ended.conversation_id]))
    assert "&lt;b&gt;no&lt;/b&gt;" in page.content.decode()


@pytest.mark.parametrize("form", [{"rating": "five"}, {"rating": "up", "reason": "x" * 301}])
def test_what_cannot_be_kept_is_refused_in_words(ann, client_of, ended, form):
    refused = client_of(ann).post(at(ended), form, headers=HTMX)
    assert refused.status_code == 422
    assert kept(ended) == ("", "")


def test_without_javascript_it_is_a_page_and_leads_back(ann, client_of, ended):
    assert "Good answer" in client_of(ann).get(at(ended)).content.decode()
    form = {"rating": "up", "reason": ""}
    assert client_of(ann).post(at(ended), form)["Location"] == ended.get_absolute_url()


def test_eve_finds_nothing(eve, client_of, ended):
    assert client_of(eve).get(at(ended)).status_code == 404
    assert client_of(eve).post(at(ended), {"rating": "up"}).status_code == 404
    assert kept(ended) == ("", "")


def test_a_question_is_not_rated(ann, client_of, ended):
    there = reverse("chat:rating", args=[ended.parent_id])
    assert client_of(ann).post(there, {"rating": "up"}).status_code == 404


def test_a_stranger_is_led_to_the_sign_in(client, ended):
    assert client.post(at(ended), {"rating": "up"})["Location"].startswith("/sign-in/")
