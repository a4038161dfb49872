"""Sockets over their route: a door of the tests behind the wrappers of the application."""

import asyncio
import logging

import pytest
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import path

from accounts import sockets, watch
from accounts.closing import person_group, session_group
from accounts.database import in_database
from accounts.sockets import Socket
from tests.people import PASSWORD, socket_headers
from webchat.proxies import TrustedProxies

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "staple horse correct"


class Door(Socket):
    """Listens to a group of the tests, where it is told which."""

    async def groups_to_join(self):
        room = self.scope["url_route"]["kwargs"]["room"]
        return None if room == "closed" else [f"room.{room}"]

    async def joined(self):
        await self.send(f"hello {self.person.username}")

    async def stumble(self, event):
        raise ZeroDivisionError


application = TrustedProxies(URLRouter([path("ws/<room>/", Door.as_asgi())]), [])


@pytest.fixture
async def knock():
    """A function: opens a socket as a browser with these headers would; closed at the end."""
    opened = []

    def open_one(headers, room="attic"):
        socket = WebsocketCommunicator(application, f"/ws/{room}/", headers=headers)
        opened.append(socket)
        return socket

    yield open_one
    for socket in opened:
        await socket.disconnect()


@pytest.fixture
async def signed_in(ann, async_client_of):
    return await in_database(async_client_of, ann)


@pytest.fixture
async def elsewhere(ann, async_client_of):
    """Ann in another browser."""
    return await in_database(async_client_of, ann)


async def enter(socket):
    assert (await socket.connect(10))[0]
    return await socket.receive_from()


async def code_of(socket):
    """The code with which it was closed."""
    event = await socket.receive_output()
    assert event["type"] == "websocket.close"
    return event.get("code")


async def tell(room, **event):
    await get_channel_layer().group_send(f"room.{room}", event)


async def test_greets_who_is_signed_in(knock, signed_in):
    assert await enter(knock(socket_headers(signed_in))) == "hello ann"


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


async def test_closes_to_a_stranger_after_the_handshake(knock):
    socket = knock(socket_headers())
    assert (await socket.connect(10))[0]
    assert await code_of(socket) == 4401


async def test_closes_to_one_with_a_session_of_nobody(knock):
    socket = knock(socket_headers(cookie="webchat_session=made-up"))
    assert (await socket.connect(10))[0]
    assert await code_of(socket) == 4401


async def test_closes_to_an_inactive_person(knock, signed_in, ann):
    await in_database(ann.deactivate)
    socket = knock(socket_headers(signed_in))
    await socket.connect(10)
    assert await code_of(socket) == 4401


async def test_closes_where_there_is_nothing_to_see(knock, signed_in):
    socket = knock(socket_headers(signed_in), "closed")
    assert (await socket.connect(10))[0]
    assert await code_of(socket) == 4404


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
    accepted, _ = await knock(socket_headers(signed_in, origin=origin)).connect(10)
    assert not accepted


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


async def test_sign_out_closes_the_sockets_of_the_session_at_once(knock, signed_in, elsewhere):
    here = [knock(socket_headers(signed_in)) for _ in range(2)]
    there = knock(socket_headers(elsewhere))
    for socket in (*here, there):
        await enter(socket)
    await signed_in.post("/sign-out/")
    assert [await code_of(socket) for socket in here] == [4401, 4401]
    await tell("attic", type="show", text="still here")
    assert await there.receive_from() == "still here"


async def test_a_password_change_closes_the_sockets_of_the_other_sessions(
    knock, signed_in, elsewhere
):
    here, there = knock(socket_headers(signed_in)), knock(socket_headers(elsewhere))
    await enter(here)
    await enter(there)
    await signed_in.post("/password/", {"password": PASSWORD, "new_password": NEW})
    assert await code_of(there) == 4401
    await tell("attic", type="show", text="still here")
    assert await here.receive_from() == "still here"


async def test_a_socket_kept_by_a_password_change_goes_with_its_session(knock, signed_in):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await signed_in.post("/password/", {"password": PASSWORD, "new_password": NEW})
    await watch.here().look()
    assert await socket.receive_nothing(0.01)
    await signed_in.post("/sign-out/")
    assert await code_of(socket) == 4401


async def test_deactivation_closes_all_sockets_of_the_person_only(
    knock, signed_in, elsewhere, ann, eve, async_client_of
):
    anns = [knock(socket_headers(client)) for client in (signed_in, elsewhere)]
    eves = knock(socket_headers(await in_database(async_client_of, eve)))
    for socket in (*anns, eves):
        await enter(socket)
    await in_database(ann.deactivate)
    assert [await code_of(socket) for socket in anns] == [4401, 4401]
    await tell("attic", type="show", text="still here")
    assert await eves.receive_from() == "still here"


async def test_the_watch_closes_sockets_whose_session_is_gone(knock, signed_in):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await in_database(Session.objects.all().delete)
    await watch.here().look()
    assert await code_of(socket) == 1012  # comes back, and is then told 4401


async def test_the_watch_closes_sockets_of_people_who_became_inactive(knock, signed_in, ann):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    ann.is_active = False
    await in_database(ann.save)
    await watch.here().look()
    assert await code_of(socket) == 1012


async def test_the_watch_leaves_the_others_and_asks_once_for_all(
    knock, signed_in, elsewhere, monkeypatch
):
    opened = [knock(socket_headers(client)) for client in (signed_in, signed_in, elsewhere)]
    for socket in opened:
        await enter(socket)
    asked = []

    def people_of(keys):
        asked.append(keys)
        return watch_people_of(keys)

    watch_people_of = watch.people_of
    monkeypatch.setattr(watch, "people_of", people_of)
    await watch.here().look()
    assert [len(keys) for keys in asked] == [2]
    await tell("attic", type="show", text="still here")
    assert [await socket.receive_from() for socket in opened] == ["still here"] * 3


async def test_the_watch_leaves_all_where_the_database_fails(knock, signed_in, monkeypatch, caplog):
    loop, looked = asyncio.get_running_loop(), asyncio.Event()

    def fail(keys):
        loop.call_soon_threadsafe(looked.set)
        raise ValueError("no database")

    monkeypatch.setattr(watch, "people_of", fail)
    monkeypatch.setattr(watch, "PERIOD_S", 0)
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    for _ in range(2):  # that it looks once more says that the first time is over
        looked.clear()
        await looked.wait()
    await tell("attic", type="show", text="still here")
    assert await socket.receive_from() == "still here"
    assert "could not be checked" in caplog.text


async def test_the_watch_looks_again_and_again_while_a_socket_is_open(
    knock, signed_in, monkeypatch
):
    monkeypatch.setattr(watch, "PERIOD_S", 0)
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await in_database(Session.objects.all().delete)
    assert await code_of(socket) == 1012
    assert watch.here()._timer is None


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
    assert await code_of(socket) == 1008


@pytest.mark.parametrize("content", [{"text_data": "x" * 1025}, {"bytes_data": b"x" * 1025}])
async def test_closes_to_a_page_that_sends_much(knock, signed_in, content):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await socket.send_to(**content)
    assert await code_of(socket) == 1008


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
    assert await code_of(socket) == 1013
    assert "ZeroDivisionError" in caplog.text


async def test_a_layer_that_fails_lets_the_page_come_back(knock, signed_in, monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    layer = get_channel_layer()

    async def receive(channel):
        raise ConnectionError("the layer is gone")

    monkeypatch.setattr(layer, "receive", receive)
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    assert await code_of(socket) == 1013
    assert "the layer is gone" in caplog.text


async def test_a_layer_that_is_down_refuses_the_handshake(knock, signed_in, monkeypatch):
    async def group_add(group, channel):
        raise ConnectionError("the layer is down")

    monkeypatch.setattr(get_channel_layer(), "group_add", group_add)
    assert not (await knock(socket_headers(signed_in)).connect(10))[0]


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
    await socket.connect(10)
    assert await code_of(socket) == 4401
    settings.SECRET_KEY = old
    assert (await signed_in.get("/password/")).status_code == 200
