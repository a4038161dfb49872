import asyncio
from collections.abc import AsyncIterator

import pytest

from inference.ollama import Client, Timeouts

from .wire import Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0, backlog=200)
    wire.url = "http://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
    yield wire
    server.close()
    await wire.until(lambda: wire.open == 0)
    await server.wait_closed()


@pytest.fixture
async def client(wire: Wire) -> AsyncIterator[Client]:
    client = Client(wire.url, timeouts=Timeouts(first_byte=20, gap=20, answer=20))
    yield client
    await client.close()
