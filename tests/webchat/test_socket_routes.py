"""Each socket that the application has, so that none is forgotten: who may open it, and floods."""

from uuid import uuid4

import pytest

from accounts import sockets
from accounts.database import in_database
from accounts.sockets import SIGNED_OUT, Socket
from chat.models import Conversation
from chat.routing import websocket_urlpatterns as chat_sockets
from models_admin.routing import websocket_urlpatterns as models_sockets
from tests.factories import a_server
from tests.people import socket_headers
from webchat.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)

PATTERNS = [*chat_sockets, *models_sockets]
ROUTES = [str(pattern.pattern) for pattern in PATTERNS]
FOREIGN = ["http://evil.example", "http://testserver:8000", "https://testserver", "null", ""]
MISUSE = 1008


@pytest.fixture
def knock(open_sockets, admin):
    """A function: opens a socket at a route, which an administrator may do, with these headers."""

    async def at(route, headers):
        path = "/" + route
        if "<uuid:pk>" in path:
            pk = (await in_database(_conversation, admin)).pk
            path = path.replace("<uuid:pk>", str(pk))
        return open_sockets(application, path, headers)

    return at


def _conversation(person):
    a_server("pip:latest")
    return Conversation.start(person, "Why?", "pip:latest", uuid4())


def test_every_one_is_a_door_of_ours():
    assert all(issubclass(pattern.callback.consumer_class, Socket) for pattern in PATTERNS)


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("route", ROUTES)
async def test_refuses_the_pages_of_others(knock, admin, async_client_of, route, origin):
    client = await in_database(async_client_of, admin)
    socket = await knock(route, socket_headers(client, origin=origin))
    accepted, _ = await socket.connect()
    assert not accepted


@pytest.mark.parametrize("route", ROUTES)
async def test_closes_to_a_stranger(knock, route):
    socket = await knock(route, socket_headers())
    await socket.connect()
    assert await socket.code() == SIGNED_OUT


@pytest.mark.parametrize("route", ROUTES)
async def test_closes_to_who_was_deactivated(knock, admin, async_client_of, route):
    client = await in_database(async_client_of, admin)
    await in_database(type(admin).objects.filter(pk=admin.pk).update, is_active=False)
    socket = await knock(route, socket_headers(client))
    await socket.connect()
    assert await socket.code() == SIGNED_OUT


@pytest.mark.parametrize("route", ROUTES)
async def test_a_flood_closes_it(knock, admin, async_client_of, route):
    client = await in_database(async_client_of, admin)
    socket = await knock(route, socket_headers(client))
    assert (await socket.connect())[0]
    for _ in range(sockets.MESSAGES + 1):
        await socket.send_to(text_data="ping")
    while (event := await socket.receive_output())["type"] == "websocket.send":
        pass  # what it says to every page that comes
    assert event["code"] == MISUSE
