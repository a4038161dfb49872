"""A pytest plugin: sockets of the application, opened as a browser does.

    def knock(open_sockets):
        socket = open_sockets(application, "/ws/", socket_headers(client))
        await socket.connect()

Each is left when the test has ended, however it did.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

PATIENCE_S = 10  # on a busy machine what comes at once may take a while
LEAVES_S = 1  # by then an application that hears of the end has ended


class BrowserSocket(WebsocketCommunicator):
    """The other end of a socket, which waits `PATIENCE_S` where Channels' own waits a second."""

    # All that waits comes down to these two.
    async def receive_output(self, timeout: float = 0) -> dict[str, Any]:  # noqa: ASYNC109
        return await super().receive_output(max(timeout, PATIENCE_S))

    async def wait(self, timeout: float = 0) -> None:  # noqa: ASYNC109
        await super().wait(max(timeout, PATIENCE_S))

    async def code(self) -> int | None:
        """The code with which the application closed it."""
        event = await self.receive_output()
        assert event["type"] == "websocket.close"
        return event.get("code")

    async def leave(self) -> None:
        """Closes it where it is still open; raises what the application died of."""
        if not self.future.done():
            await self.send_input({"type": "websocket.disconnect", "code": 1001})
            await asyncio.wait([self.future], timeout=LEAVES_S)
        if not self.future.done():
            # Where the layer is Redis it waits for a task that it has cancelled: the `wait_for` of
            # Python 3.11, through which redis-py sends, may swallow that.
            self.future.cancel()
            with suppress(asyncio.CancelledError):
                await self.future
        elif not self.future.cancelled():  # as it is when somebody has waited for it in vain
            self.future.result()


@pytest.fixture
async def open_sockets() -> AsyncIterator[Callable[..., BrowserSocket]]:
    """A function: a socket of an application at a path, with these headers."""
    async with AsyncExitStack() as opened:

        def open_one(application: Any, path: str, headers: Any) -> BrowserSocket:
            socket = BrowserSocket(application, path, headers=headers)
            opened.push_async_callback(socket.leave)
            return socket

        yield open_one
