"""What a socket brings to its page, and what becomes of it where that fails."""

import logging

import pytest
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator

from accounts import sockets
from tests.accounts.sockets.conftest import enter, tell
from tests.people import socket_headers

pytestmark = pytest.mark.django_db(transaction=True)


async def test_shows_what_is_told_to_its_group(knock, signed_in):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await tell("cellar", type="show", text="not for this one")
    await tell("attic", type="show", text="<p>ready</p>")
    assert await socket.receive_from() == "<p>ready</p>"


async def test_dispatches_without_a_thread(knock, signed_in, monkeypatch):
    socket = knock(socket_headers(signed_in))
    await enter(socket)

    async def hop():
        raise AssertionError("hopped to a thread")

    monkeypatch.setattr("channels.consumer.aclose_old_connections", hop)
    await tell("attic", type="show", text="at once")
    assert await socket.receive_from() == "at once"


@pytest.fixture
def pushed(monkeypatch):
    """What a server that can push was given; it takes what does not hold "wait"."""
    texts = []

    def push(text):
        if "wait" in text:
            return False
        texts.append(text)
        return True

    made = WebsocketCommunicator.__init__

    def with_push(self, *args, **kwargs):
        made(self, *args, **kwargs)
        self.scope["extensions"] = {sockets.PUSH: push}

    monkeypatch.setattr(WebsocketCommunicator, "__init__", with_push)
    return texts


async def test_shows_at_once_where_server_and_layer_can(knock, signed_in, pushed):
    if not isinstance(get_channel_layer(), sockets.DirectLayer):
        pytest.skip("the layer is between processes")
    await enter(knock(socket_headers(signed_in)))
    await tell("attic", type="show", text="one")
    assert pushed == ["one"]


async def test_nothing_overtakes_what_waits(knock, signed_in, pushed):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    for text in ("wait", "two"):
        await tell("attic", type="show", text=text)
    assert [await socket.receive_from() for _ in range(2)] == ["wait", "two"]
    assert pushed == []
    await tell("attic", type="show", text="three")
    if isinstance(get_channel_layer(), sockets.DirectLayer):
        assert pushed == ["three"]
    else:
        assert await socket.receive_from() == "three"


async def test_who_has_left_is_pushed_nothing(knock, signed_in, pushed):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await socket.disconnect()
    await tell("attic", type="show", text="one")
    assert pushed == []
    assert not getattr(get_channel_layer(), "direct", {})


async def test_an_event_it_does_not_know_does_not_kill_it(knock, signed_in):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await tell("attic", type="dance")
    await tell("attic", type="show", text="still here")
    assert await socket.receive_from() == "still here"


async def test_a_fault_of_ours_lets_the_page_come_back(knock, signed_in, caplog):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await tell("attic", type="stumble")
    assert await socket.code() == 1013
    assert "ZeroDivisionError" in caplog.text


async def test_a_layer_that_fails_lets_the_page_come_back(knock, signed_in, monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    layer = get_channel_layer()

    async def receive(channel):
        raise ConnectionError("the layer is gone")

    monkeypatch.setattr(layer, "receive", receive)
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    assert await socket.code() == 1013
    assert "the layer is gone" in caplog.text


async def test_a_layer_that_is_down_refuses_the_handshake(knock, signed_in, monkeypatch):
    async def group_add(group, channel):
        raise ConnectionError("the layer is down")

    monkeypatch.setattr(get_channel_layer(), "group_add", group_add)
    assert not (await knock(socket_headers(signed_in)).connect())[0]
