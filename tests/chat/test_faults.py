"""A database that cannot write just now, and conversations that are very long."""

import sqlite3
import uuid

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation, Message, Role
from inference.models import Run
from tests.chat.conftest import HTMX, MODEL

FULL, LOCKED = "database or disk is full", "database is locked"
CODES = {FULL: sqlite3.SQLITE_FULL, LOCKED: sqlite3.SQLITE_BUSY}


@pytest.fixture
def failing():
    """A function: from now on, what writes to the database gets this error."""
    contexts = []

    def fail(message):
        def execute(go_on, sql, params, many, context):
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                cause = sqlite3.OperationalError(message)
                cause.sqlite_errorcode = CODES[message]
                raise OperationalError(message) from cause
            return go_on(sql, params, many, context)

        context = connection.execute_wrapper(execute)
        context.__enter__()
        contexts.append(context)

    yield fail
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.mark.parametrize(("message", "status"), [(FULL, 507), (LOCKED, 503)])
def test_a_database_that_cannot_write_fails_the_question_alone(
    ann, ask, answer, client_of, failing, message, status
):
    talk = ask(ann)
    answer(talk)
    client = client_of(ann)
    client.raise_request_exception = False
    failing(message)
    form = {"text": "Why?", "model": MODEL, "key": uuid.uuid4()}
    refused = client.post(reverse("chat:messages", args=[talk.pk]), form, headers=HTMX)
    # The page keeps what was typed and says so: page-trouble.js, of every 5xx.
    assert refused.status_code == status
    assert message not in refused.content.decode()
    assert talk.messages.count() == 2
    assert not Run.objects.open().exists()


@pytest.mark.parametrize("message", [FULL, LOCKED])
@pytest.mark.parametrize("place", ["conversation", "messages", "message"])
def test_a_database_that_cannot_write_keeps_nobody_from_reading(
    ann, ask, answer, client_of, failing, message, place
):
    talk = ask(ann)
    answer(talk)
    Message.objects.filter(pk=talk.leaf_id).update(html_version=0, html="")
    Conversation.objects.filter(pk=talk.pk).update(is_temporary=True)
    assert Conversation.objects.get(pk=talk.pk).is_ready  # seen for the first time
    client = client_of(ann)
    failing(message)
    url = reverse(f"chat:{place}", args=[talk.leaf_id if place == "message" else talk.pk])
    page = client.get(url, headers={} if place == "conversation" else HTMX)
    assert page.status_code == 200
    assert "Because of" in page.content.decode()


def test_what_is_too_much_for_any_form_says_so(ann, ask, answer, client_of):
    talk = ask(ann)
    answer(talk)
    form = {"text": "word " * 2_200_000, "model": MODEL, "key": uuid.uuid4()}
    refused = client_of(ann).post(reverse("chat:messages", args=[talk.pk]), form, headers=HTMX)
    # The page keeps what was typed and says so: page-trouble.js, of 413.
    assert refused.status_code == 413
    assert "too much" in refused.content.decode()
    assert talk.messages.count() == 2


@pytest.fixture
def deleted_meanwhile():
    """From here on, what a view has found is deleted in another tab when it begins to write."""

    def execute(go_on, sql, params, many, context):
        if sql.startswith("SAVEPOINT"):
            Conversation.objects.filter(deleted_at=None).update(deleted_at=timezone.now())
        return go_on(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield


@pytest.mark.parametrize(
    ("place", "form"),
    [
        ("messages", {"text": "And why?"}),
        ("revisions", {"text": "And why?"}),
        ("regenerations", {}),
        ("continuations", {}),
        ("choice", {}),
        ("settings", {"system": "Be brief."}),
    ],
)
def test_what_another_tab_deletes_meanwhile_is_not_there(
    request, ann, ask, answer, client_of, place, form
):
    talk = ask(ann)
    answer(talk)
    ids = {"messages": talk.pk, "settings": talk.pk, "revisions": talk.leaf.parent_id}
    url = reverse(f"chat:{place}", args=[ids.get(place, talk.leaf_id)])
    client = client_of(ann)
    request.getfixturevalue("deleted_meanwhile")
    # The page keeps what was typed and says so: page-trouble.js, of every 404.
    gone = client.post(url, form | {"key": uuid.uuid4(), "model": MODEL}, headers=HTMX)
    assert gone.status_code == 404
    assert not Run.objects.open().exists()


def test_zero_width_and_right_to_left_characters_stay_as_they_were_typed(ann, ask, client_of):
    said = "שלום 👩‍👩‍👧 a\u200bb \u202etxt.exe\u202c \u2067مرحبا\u2069"
    talk = ask(ann, said)
    page = client_of(ann).get(talk.get_absolute_url()).content.decode()
    assert talk.leaf.parent.text == said
    assert 'dir="auto"' in page


def long_one(owner, length):
    """A conversation of so many messages, the last an answer."""
    conversation = Conversation.objects.create(owner=owner, title="Long", model_name=MODEL)
    ids = [uuid.uuid4() for _ in range(length)]
    Message.objects.bulk_create(
        Message(
            pk=pk,
            conversation=conversation,
            parent_id=ids[number - 1] if number else None,
            role=Role.ASSISTANT if number % 2 else Role.USER,
            author=None if number % 2 else owner,
            text="Some words.",
            html="<p>Some words.</p>" if number % 2 else "",
        )
        for number, pk in enumerate(ids)
    )
    conversation.leaf_id = ids[-1]
    conversation.save()
    return conversation


def test_two_thousand_messages_open_with_as_many_queries_and_bytes_as_two_hundred(
    ann, server, client_of
):
    client = client_of(ann)
    cost = []
    for length in (200, 2000):
        address = long_one(ann, length).get_absolute_url()
        client.get(address)  # what is prepared once is prepared
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(address)
        cost.append((len(queries), page.content.count(b"<article")))
    assert cost[0] == cost[1]
