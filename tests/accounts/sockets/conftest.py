"""A door of the tests behind the wrappers of the application."""

import pytest
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.urls import path

from accounts.database import in_database
from accounts.sockets import Socket
from webchat.proxies import TrustedProxies


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
def knock(open_sockets):
    """A function: opens a socket as a browser with these headers would; closed at the end."""
    return lambda headers, room="attic": open_sockets(application, f"/ws/{room}/", headers)


@pytest.fixture
async def signed_in(ann, async_client_of):
    return await in_database(async_client_of, ann)


@pytest.fixture
async def elsewhere(ann, async_client_of):
    """Ann in another browser."""
    return await in_database(async_client_of, ann)


async def enter(socket):
    assert (await socket.connect())[0]
    return await socket.receive_from()


async def tell(room, **event):
    await get_channel_layer().group_send(f"room.{room}", event)
