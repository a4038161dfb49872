"""The network below httpx: reads that come at a pace, so that one brings many tokens.

Reading is what a stream costs. Each token is a packet of its own; who takes every one as it comes
wakes up for each. A paced stream leaves them with the kernel and takes all that came at once.
"""

# ruff: noqa: ASYNC109  httpcore gives these methods their timeouts

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from .chunks import ChunkJoiner

PACE = 0.07  # seconds between two reads of a paced stream; pages get a frame every 80 ms


class PacedStream(httpcore.AsyncNetworkStream):
    """A connection for one request, whose reads come at the pace that its user sets."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._chunks = ChunkJoiner()
        self._pace = 0.0
        self._last_read = 0.0

    def slow_down(self, pace: float) -> None:
        """From now on wait until `pace` seconds have passed since the last read; 0: don't wait."""
        self._pace = pace

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._pace:
            early = self._last_read + self._pace - asyncio.get_running_loop().time()
            if early > 0:
                await asyncio.sleep(early)
        while True:
            data = await self._inner.read(max_bytes, timeout)
            if not data or (data := self._chunks.feed(data)):
                break
        self._last_read = asyncio.get_running_loop().time()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:  # httpcore forgets the connection when it is cancelled here
            await self.aclose()
            raise
        return PacedStream(inner)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class PacedBackend(httpcore.AsyncNetworkBackend):
    """Opens paced connections over asyncio."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return PacedStream(
            await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        )

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
