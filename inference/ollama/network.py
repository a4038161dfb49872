# ruff: noqa: ASYNC109  httpcore gives these methods their timeouts
"""The network below httpx: reads that come at a pace, so that one brings many tokens.

Reading is what a stream costs. Each token is a packet of its own; who takes every one as it comes
wakes up for each. A paced stream leaves them with the kernel and takes all that came at once.
"""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from .chunks import Chunks
from .sockets import PlainSocket, TlsSocket, connect, reason

PACE = 0.08  # seconds between two reads of a paced stream: as often as pages get a frame
TICK = 0.01  # seconds; paced reads fall on its multiples, so that many streams share a wake-up

MOST_AT_ONCE = 64 * 1024  # bytes that are read at once, as httpcore does it
WRITTEN_AT_ONCE = 256 * 1024  # bytes; the timeout of a write holds for each part of this size


class PacedStream(httpcore.AsyncNetworkStream):
    """A connection for one request, whose reads come at the pace that its user sets."""

    def __init__(self, connection: PlainSocket | TlsSocket) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._chunks = Chunks()
        self._pace = 0.0
        self._last_read = 0.0
        self._full = False  # the last read took all that it may: more is likely to wait

    def slow_down(self, pace: float) -> None:
        """From now on wait until about `pace` seconds have passed since the last read."""
        self._pace = pace

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes for the HTTP parser, or b"" at the end.

        Has no timeout: who reads watches the silence.
        """
        while True:
            data = self._chunks.rest() or await self._receive(max_bytes)
            if not data or (data := self._chunks.head(data)):
                return data

    async def contents(self) -> bytes | None:
        """Some content of a chunked body, past the HTTP parser; None where that has to go on.

        After the head only, and until it was None.
        """
        data = b""  # what came with the head is there already
        while self._chunks.in_body:
            if content := self._chunks.contents(data):
                return content
            if self._chunks.in_body and not (data := await self._receive(MOST_AT_ONCE)):
                break
        return None

    async def _receive(self, max_bytes: int) -> bytes:
        if self._pace and not self._full:
            due = round((self._last_read + self._pace) / TICK) * TICK
            if (early := due - self._loop.time()) > 0:
                await asyncio.sleep(early)
        try:
            data = await self._connection.receive(max_bytes)
        except OSError as error:
            raise httpcore.ReadError(reason(error)) from error
        self._full = len(data) >= max_bytes
        self._last_read = self._loop.time()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        try:
            while rest:
                async with asyncio.timeout(timeout):
                    await self._connection.send(rest[:WRITTEN_AT_ONCE])
                rest = rest[WRITTEN_AT_ONCE:]
        except TimeoutError as error:
            raise httpcore.WriteTimeout("the request is not taken") from error
        except OSError as error:
            raise httpcore.WriteError(reason(error)) from error

    async def aclose(self) -> None:
        self._connection.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                tls = await TlsSocket.over(self._connection, ssl_context, server_hostname)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("no TLS in time") from error
        except OSError as error:
            raise httpcore.ConnectError(reason(error)) from error
        return PacedStream(tls)

    def get_extra_info(self, info: str) -> Any:
        return None


class PacedBackend(httpcore.AsyncNetworkBackend):
    """Opens paced connections in the running loop."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                return PacedStream(await connect(host, port))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("no connection in time") from error
        except OSError as error:
            raise httpcore.ConnectError(reason(error)) from error
