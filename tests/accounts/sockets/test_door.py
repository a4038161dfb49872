"""Who may open a socket, and what a page may send through it."""

import asyncio

import pytest
from channels.layers import get_channel_layer
from django.conf import settings

from accounts import sockets
from accounts.closing import person_group, session_group
from accounts.database import in_database
from tests.accounts.sockets.conftest import application, enter, tell
from tests.people import socket_headers

pytestmark = pytest.mark.django_db(transaction=True)


async def test_greets_who_is_signed_in(knock, signed_in):
    assert await enter(knock(socket_headers(signed_in))) == "hello ann"


async def test_closes_to_a_stranger_after_the_handshake(knock):
    socket = knock(socket_headers())
    assert (await socket.connect())[0]
    assert await socket.code() == 4401


async def test_closes_to_one_with_a_session_of_nobody(knock):
    socket = knock(socket_headers(cookie="webchat_session=made-up"))
    assert (await socket.connect())[0]
    assert await socket.code() == 4401


async def test_closes_to_an_inactive_person(knock, signed_in, ann):
    await in_database(ann.deactivate)
    socket = knock(socket_headers(signed_in))
    await socket.connect()
    assert await socket.code() == 4401


async def test_closes_where_there_is_nothing_to_see(knock, signed_in):
    socket = knock(socket_headers(signed_in), "closed")
    assert (await socket.connect())[0]
    assert await socket.code() == 4404


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://testserver",
        "http://testserver:81",
        "null",
        "",
        "http://testserver:abc",
        "http://testserver.evil.example",
        "testserver",
    ],
)
async def test_refuses_the_pages_of_others_in_the_handshake(knock, signed_in, origin):
    accepted, _ = await knock(socket_headers(signed_in, origin=origin)).connect()
    assert not accepted


async def test_ignores_a_few_words_of_the_page(knock, signed_in):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    for word in ("ping", "{", "[" * 1000, "\x00", '{"type": "leave", "code": 4401}'):
        await socket.send_to(text_data=word)
    await socket.send_to(bytes_data=b"\xff")
    await tell("attic", type="show", text="still here")
    assert await socket.receive_from() == "still here"


async def test_closes_to_a_page_that_talks_too_much(knock, signed_in):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    for _ in range(sockets.MESSAGES + 1):
        await socket.send_to(text_data="ping")
    assert await socket.code() == 1008


@pytest.mark.parametrize("content", [{"text_data": "x" * 1025}, {"bytes_data": b"x" * 1025}])
async def test_closes_to_a_page_that_sends_much(knock, signed_in, content):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await socket.send_to(**content)
    assert await socket.code() == 1008


@pytest.fixture
def left(monkeypatch):
    """The groups that were left."""
    groups, layer = set(), get_channel_layer()
    discard = layer.group_discard

    async def group_discard(group, channel):
        groups.add(group)
        await discard(group, channel)

    monkeypatch.setattr(layer, "group_discard", group_discard)
    return groups


async def test_a_page_that_takes_nothing_is_given_up(signed_in, monkeypatch, ann, left):
    monkeypatch.setattr(sockets, "SEND_TIMEOUT_S", 0)
    inbox, sent = asyncio.Queue(), []

    async def send(event):
        sent.append(event["type"])
        if event["type"] == "websocket.send":
            await asyncio.Event().wait()

    inbox.put_nowait({"type": "websocket.connect"})
    scope = {
        "type": "websocket",
        "path": "/ws/attic/",
        "headers": socket_headers(signed_in),
    }
    await application(scope, inbox.get, send)
    assert sent == ["websocket.accept", "websocket.send", "websocket.close"]
    assert person_group(ann.pk) in left


async def test_leaves_its_groups_when_the_page_goes(knock, signed_in, ann, left):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await socket.disconnect()
    session_key = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    assert left == {person_group(ann.pk), session_group(session_key), "room.attic"}


async def test_a_new_secret_key_signs_nobody_out(knock, signed_in, settings, ann):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key of fifty characters and no fewer"
    assert await enter(knock(socket_headers(signed_in))) == "hello ann"
    assert (await signed_in.get("/password/")).status_code == 200


async def test_a_secret_key_no_longer_accepted_closes_but_ends_no_session(
    knock, signed_in, settings
):
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another secret key of fifty characters and no fewer"
    socket = knock(socket_headers(signed_in))
    await socket.connect()
    assert await socket.code() == 4401
    settings.SECRET_KEY = old
    assert (await signed_in.get("/password/")).status_code == 200
