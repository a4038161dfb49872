"""Answers that are no plain text: JSON, and calls of tools."""

import json

import pytest
from django.urls import reverse

from chat.models import Conversation
from chat.states import Kind, state_of
from chat.tool_calls import MOST, calls_of
from tests.chat.conftest import HTMX

CALL = {"id": "call_1", "function": {"index": 0, "name": "weather", "arguments": {"city": "Köln"}}}
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def article(ann, ask, answer, client_of):
    """A function: the HTML of an answer that ended so, asked with these settings."""

    def end(settings=None, **fields) -> str:
        conversation = ask(ann)
        run = conversation.leaf.run
        run.parameters = settings or {}
        run.save()
        answer(conversation, **({"done_reason": "stop"} | fields))
        url = reverse("chat:message", args=[conversation.leaf_id])
        return client_of(ann).get(url, headers=HTMX).content.decode()

    return end


def test_json_is_a_tree_and_can_be_copied(ann, article, client_of):
    html = article({"format": "json"}, text='{"city": "Köln", "rain": [1, 2]}')
    assert '<div class="tree">' in html
    assert "<bdi>city</bdi>" in html
    text = reverse("chat:text", args=[Conversation.objects.get().leaf_id])
    assert client_of(ann).get(text).content.decode() == '{"city": "Köln", "rain": [1, 2]}'


def test_json_that_was_cut_is_code_with_words(article):
    html = article({"format": "json"}, text='{"city": "Kö', done_reason="length")
    assert "This is not whole JSON." in html
    assert '<figure class="code">' in html
    assert "Cut off." in html
    assert "Continue" in html


def test_json_that_was_not_asked_for_is_text(article):
    assert '<div class="tree">' not in article(text='{"city": "Köln"}')


def test_json_is_never_markup(article):
    html = article({"format": "{}"}, text=json.dumps({EVIL: EVIL}))
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_json_that_went_on_is_whole(ann, ask, answer):
    conversation = ask(ann)
    Conversation.objects.update(settings={"format": "json"})
    run = conversation.leaf.run
    run.parameters = {"format": "json"}
    run.save()
    answer(conversation, text='{"a": ', done_reason="length")
    assert conversation.leaf.is_broken_json
    conversation.continue_(conversation.leaf, ann)
    answer(conversation, text="1}", done_reason="stop")
    assert not conversation.leaf.is_broken_json
    assert '<div class="tree">' in conversation.leaf.html


def test_a_tool_call_is_shown_and_is_no_empty_answer(article):
    html = article(text="", tool_calls=[CALL])
    assert "Wants to call <code>weather</code>" in html
    assert "<bdi>city</bdi>" in html
    assert "Köln" in html
    assert "Nothing was called" in html
    assert "An empty answer." not in html


def test_a_call_beside_text_is_shown_with_it(article):
    html = article(text="Let me look.", tool_calls=[CALL])
    assert "Let me look." in html
    assert "weather" in html


def test_an_answer_whose_run_was_cleared_away_is_not_empty_either(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, text="", tool_calls=[CALL], done_reason="stop")
    message = conversation.leaf
    message.run = None
    assert state_of(message).kind == Kind.WHOLE


@pytest.mark.parametrize(
    "function",
    [None, [], "word", {}, {"name": None}, {"name": EVIL, "arguments": EVIL}, {"name": ["a"]}],
)
def test_calls_of_any_shape_are_shown(article, function):
    html = article(text="", tool_calls=[{"function": function}])
    assert "Wants to call" in html
    assert "<script>alert" not in html


def test_a_call_without_arguments_has_no_tree():
    [call] = calls_of([{"function": {"name": "now", "arguments": {}}}])
    assert call.arguments == ""


def test_endless_calls_are_bounded():
    calls = calls_of(
        [{"function": {"name": "x" * 10_000, "arguments": {"a": "b" * 100_000}}}] * 500
    )
    assert len(calls) == MOST
    assert len(calls[0].name) == 200
    assert len(calls[0].arguments) < 6_000
