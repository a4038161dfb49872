"""The sockets of open pages, over the application's real route."""

import asyncio
import json
import uuid

import pytest
from django.db import transaction

from accounts.database import in_database
from accounts.sockets import NOT_FOUND, SIGNED_OUT
from inference.live.frames import LiveAnswer
from inference.live.snapshot import live_answers
from inference.models import Run
from tests.chat.conftest import MODEL
from tests.people import socket_headers
from webchat.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_socket(async_client_of, open_sockets):
    """A function: opens a person's socket (None: a stranger's) at a path."""

    async def open_one(person, path):
        client = await in_database(async_client_of, person) if person else None
        socket = open_sockets(application, path, socket_headers(client))
        await socket.connect()
        return socket

    return open_one


async def heard(socket):
    return json.loads(await socket.receive_from())


async def caught_up(socket):
    hint = await heard(socket)
    return hint["kind"] == "thread" and "stamp" in hint


async def test_a_page_is_told_to_catch_up(ann, ask, open_socket):
    conversation = await in_database(ask, ann)
    socket = await open_socket(ann, f"/ws/conversations/{conversation.pk}/")
    assert await caught_up(socket)


async def test_a_page_that_was_just_loaded_can_see_that_it_is_fresh(
    ann, ask, answer, async_client_of, open_socket
):
    conversation = await in_database(ask, ann)
    client = await in_database(async_client_of, ann)
    page = (await client.get(conversation.get_absolute_url())).content.decode()
    path = f"/ws/conversations/{conversation.pk}/"
    assert f'data-stamp="{(await heard(await open_socket(ann, path)))["stamp"]}"' in page
    await in_database(answer, conversation)
    assert (await heard(await open_socket(ann, path)))["stamp"] not in page


async def test_a_page_without_a_conversation_follows_the_list(ann, ask, open_socket):
    socket = await open_socket(ann, "/ws/")
    assert await heard(socket) == {"kind": "list"}
    await in_database(ask, ann)
    assert await heard(socket) == {"kind": "list"}


async def test_a_stranger_is_sent_away(ann, ask, open_socket):
    conversation = await in_database(ask, ann)
    socket = await open_socket(None, f"/ws/conversations/{conversation.pk}/")
    assert await socket.code() == SIGNED_OUT


async def test_others_find_nothing(ann, eve, ask, open_socket):
    conversation = await in_database(ask, ann)
    socket = await open_socket(eve, f"/ws/conversations/{conversation.pk}/")
    assert await socket.code() == NOT_FOUND


async def test_others_hear_nothing_of_a_question(ann, eve, ask, open_socket):
    socket = await open_socket(eve, "/ws/")
    assert await heard(socket) == {"kind": "list"}
    await in_database(ask, ann)
    assert await socket.receive_nothing()


async def test_a_question_reaches_every_page_that_shows_the_conversation(
    ann, ask, answer, open_socket
):
    conversation = await in_database(ask, ann)
    await in_database(answer, conversation)
    sockets = [await open_socket(ann, f"/ws/conversations/{conversation.pk}/") for _ in range(2)]
    for socket in sockets:
        assert await caught_up(socket)
    last = str(conversation.leaf_id)
    await in_database(conversation.send, ann, "And now?", MODEL, uuid.uuid4())
    for socket in sockets:
        hints = [await heard(socket), await heard(socket)]
        assert last in [hint.get("after") for hint in hints]
        assert {"kind": "list"} in hints


async def test_the_end_of_an_answer_is_told(ann, ask, answer, open_socket):
    conversation = await in_database(ask, ann)
    socket = await open_socket(ann, f"/ws/conversations/{conversation.pk}/")
    assert await caught_up(socket)
    await in_database(answer, conversation, "Because", Run.Status.STOPPED)
    hints = [await heard(socket), await heard(socket)]
    assert {"kind": "changed", "message": str(conversation.leaf_id)} in hints


@pytest.mark.parametrize(("shown", "is_all"), [("**Because**", True), ("**Beca", False)])
async def test_a_page_that_shows_all_of_it_may_keep_the_text(
    ann, ask, answer, open_socket, monkeypatch, shown, is_all
):
    conversation = await in_database(ask, ann)
    run = await in_database(Run.objects.get, audience=conversation.pk)
    live = LiveAnswer(run.pk, run.epoch + 1, run.subject, conversation.pk)
    live.feed("", shown)
    live.frame()
    monkeypatch.setitem(live_answers, run.subject, live)
    socket = await open_socket(ann, f"/ws/conversations/{conversation.pk}/")
    assert await caught_up(socket)
    await in_database(answer, conversation, "**Because**")
    hints = [await heard(socket), await heard(socket)]
    [hint] = [hint for hint in hints if hint["kind"] == "changed"]
    reached = {"run": str(run.pk), "epoch": run.epoch + 1, "to": len(shown)}
    assert {name: hint[name] for name in reached if name in hint} == (reached if is_all else {})


async def test_what_is_rolled_back_is_not_told(ann, ask, answer, open_socket):
    conversation = await in_database(ask, ann)
    socket = await open_socket(ann, f"/ws/conversations/{conversation.pk}/")
    assert await caught_up(socket)
    await in_database(_send_and_roll_back, conversation, ann)
    assert await socket.receive_nothing()


async def test_several_pages_cost_no_waiting_for_each_other(ann, ask, open_socket):
    conversation = await in_database(ask, ann)
    path = f"/ws/conversations/{conversation.pk}/"
    sockets = await asyncio.gather(*(open_socket(ann, path) for _ in range(5)))
    assert all([await caught_up(socket) for socket in sockets])


def _send_and_roll_back(conversation, person):
    with transaction.atomic():
        conversation.show_in_lists()
        transaction.set_rollback(True)
