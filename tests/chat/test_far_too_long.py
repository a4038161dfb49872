"""A far too long answer: the page has its end, and what is before comes when it is needed."""

import re
import uuid

import pytest
from django.urls import reverse

from chat.models import Conversation, Message, Role
from inference.live.parts import MARK, parts
from inference.models import Run
from tests.chat.conftest import HTMX, MODEL

LINES = 4_000


@pytest.fixture
def ann_client(ann, client_of):
    return client_of(ann)


@pytest.fixture
def long(ann, server):
    """A conversation whose second answer of two has 4,000 paragraphs, as have its thoughts."""
    text = "\n\n".join(f"Line {n} of a text that is far too long for a page." for n in range(LINES))
    conversation = Conversation.objects.create(owner=ann, title="Long", model_name=MODEL)
    for answer in ("Short.", text):
        for role in Role.USER, Role.ASSISTANT:
            is_answer = role == Role.ASSISTANT
            message = Message(
                conversation=conversation,
                parent=conversation.leaf,
                role=role,
                author=None if is_answer else ann,
                text=answer if is_answer else "Why?",
                thinking=answer.replace("Line", "Thought") if is_answer else "",
            )
            if is_answer:
                message.render()
            message.save()
            conversation.leaf = message
    conversation.save()
    return conversation


def of(conversation, kind="parts", **query):
    return reverse(f"chat:{kind}", args=[conversation.leaf_id]), query


def missing(html):
    """How many parts come later, of each text that is cut."""
    return [int(count) for count in re.findall(r'<earlier-parts [^>]*data-last="(\d+)"', html)]


def text_of(html, answer):
    """The element with the text of an answer."""
    return html.partition(f'id="text-{answer.pk}"')[2].partition("<footer")[0]


def test_the_page_has_the_end_of_it(long, ann_client):
    html = ann_client.get(long.get_absolute_url()).content.decode()
    assert f"Line {LINES - 1} of" in html
    assert f"Thought {LINES - 1} of" in html
    assert "Line 0 of" not in html
    assert "Thought 0 of" not in html
    assert len(html) < 400_000
    assert len(missing(html)) == 2  # the thoughts, and the text
    assert "Short." in html


@pytest.mark.parametrize(("kind", "word"), [("parts", "Line"), ("thinking_parts", "Thought")])
def test_all_that_is_missing_comes_and_nothing_twice(long, ann_client, kind, word):
    page = ann_client.get(long.get_absolute_url()).content.decode()
    count = missing(page)[kind == "parts"]
    shown = [
        ann_client.get(*of(long, kind, first=n, last=n + 1), headers=HTMX).content.decode()
        for n in range(count)
    ]
    assert all(part.startswith('<div class="part">') for part in shown)
    numbers = re.findall(rf"{word} (\d+) of", "".join([*shown, page]))
    assert list(map(int, numbers)) == list(range(LINES))
    at_once = ann_client.get(*of(long, kind, first=0, last=count), headers=HTMX)
    assert at_once.content.decode() == "".join(shown)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?first=0",
        "?first=a&last=b",
        "?first=2&last=1",
        "?first=-1&last=1",
        "?first=99&last=100",
    ],
)
def test_parts_that_are_none_are_not_found(long, ann_client, query):
    url = reverse("chat:parts", args=[long.leaf_id])
    assert ann_client.get(url + query, headers=HTMX).status_code == 404


def test_a_short_answer_and_a_question_have_none(long, ann_client):
    for message in (long.leaf.parent, long.leaf.parent.parent):
        url = reverse("chat:parts", args=[message.pk])
        assert ann_client.get(url, {"first": 0, "last": 1}, headers=HTMX).status_code == 404


@pytest.mark.parametrize("kind", ["parts", "thinking_parts"])
def test_hides_them_from_a_stranger(long, eve, client_of, kind):
    response = client_of(eve).get(*of(long, kind, first=0, last=1), headers=HTMX)
    assert response.status_code == 404


def test_a_browser_by_itself_is_led_to_where_it_all_stands(long, ann_client):
    page = ann_client.get(long.get_absolute_url()).content.decode()
    there = reverse("chat:place", args=[long.leaf_id])
    assert f'href="{there}"' in page
    assert ann_client.get(*of(long, first=0, last=1)).headers["Location"] == there
    html = ann_client.get(there, follow=True).content.decode()
    assert missing(html) == []
    assert "Line 0 of" in html


def test_a_page_opened_at_a_message_has_the_beginning_of_the_first_answer(long, ann_client):
    for at in (long.leaf_id, long.leaf.parent_id):
        html = ann_client.get(f"{long.get_absolute_url()}?at={at}").content.decode()
        assert missing(html) == []
        assert "Line 0 of" in html
    above = long.leaf.parent.parent_id
    html = ann_client.get(f"{long.get_absolute_url()}?at={above}").content.decode()
    assert len(missing(html)) == 2


def test_one_that_was_written_on_the_page_stays_whole(long, ann_client):
    url = reverse("chat:message", args=[long.leaf_id])
    assert len(missing(ann_client.get(url, headers=HTMX).content.decode())) == 2
    whole = ann_client.get(f"{url}?text=whole", headers=HTMX).content.decode()
    assert missing(whole) == []
    assert "Line 0 of" in whole
    thread = reverse("chat:messages", args=[long.pk])
    query = {"first": long.leaf.parent_id, "whole": long.leaf_id}
    assert missing(ann_client.get(thread, query, headers=HTMX).content.decode()) == []
    assert ann_client.get(thread, {**query, "whole": "x"}, headers=HTMX).status_code == 404


def test_a_page_knows_a_text_by_its_size_and_not_by_how_much_of_it_is_there(long, ann_client):
    url = reverse("chat:message", args=[long.leaf_id])
    sizes = [
        re.findall(r'data-size="(\d+)"', ann_client.get(url + query, headers=HTMX).content.decode())
        for query in ("", "?text=whole", "?text=kept")
    ]
    assert sizes[0] == sizes[1] == sizes[2]
    assert len(sizes[0]) == 2


def test_an_answer_that_goes_on_is_shown_from_its_beginning(long, ann, ann_client):
    Run.objects.submit(
        person=ann,
        model_name=MODEL,
        purpose=Run.Purpose.ANSWER,
        subject=long.leaf_id,
        audience=long.pk,
    )
    Message.objects.filter(pk=long.leaf_id).update(run=Run.objects.get(subject=long.leaf_id))
    long.latest_run = Run.objects.get(subject=long.leaf_id)
    long.save()
    html = ann_client.get(long.get_absolute_url()).content.decode()
    assert missing(html) == []
    assert "Line 0 of" in html


def test_one_block_that_is_far_too_long_is_shown_whole(long, ann_client):
    answer = long.leaf
    answer.text = "- an item of a list, the same again\n" * 8_000
    answer.render()
    answer.save()
    html = ann_client.get(long.get_absolute_url()).content.decode()
    assert text_of(html, answer).count("<li") == 8_000
    assert text_of(html, answer).count("<earlier-parts") == 0


def test_a_fork_an_export_and_a_page_of_its_own_have_all_of_it(long, ann_client):
    for form in ("html", "print"):
        response = ann_client.get(reverse("chat:export", args=[long.pk, form]))
        html = b"".join(response) if response.streaming else response.content
        assert len(re.findall(r"Line \d+ of", html.decode())) == LINES
    ann_client.post(reverse("chat:forks", args=[long.leaf_id]), {"key": uuid.uuid4()})
    fork = Conversation.objects.exclude(pk=long.pk).get()
    assert parts(fork.leaf.html) == parts(long.leaf.html)
    html = ann_client.get(fork.get_absolute_url()).content.decode()
    assert len(missing(html)) == 2
    assert MARK not in text_of(html, fork.leaf)
