"""Bare HTTP and WebSocket clients, which note what came when and look at it afterwards."""

import asyncio
import base64
import os
import struct
import time

from bench.tokens import END

PING, PONG, TEXT, CLOSE = 0x89, 0x8A, 0x81, 0x88
MASK = bytes(4)  # no mask at all, in the way that the protocol demands one

Came = list[tuple[float, bytes]]  # seconds of time.monotonic(), what came then


class Reader(asyncio.Protocol):
    """A connection that notes all that comes. `ended` is done when the answer's end has come."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.came: Came = []
        self.begun: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def note(self, now: float, data: bytes) -> None:
        self.came.append((now, data))
        if END in data and not self.ended.done():
            self.ended.set_result(None)

    def fail(self, why: str) -> None:
        for future in (self.begun, self.ended):
            if not future.done():
                future.set_exception(ConnectionError(why))
                future.exception()  # looked at: nobody may be waiting any more

    def connection_lost(self, error: Exception | None) -> None:
        self.fail(f"the connection was lost: {error}")


class Response(Reader):
    """The answer to a request of HTTP/1.1, as it comes."""

    def data_received(self, data: bytes) -> None:
        self.note(time.monotonic(), data)


class Socket(Reader):
    """The reading half of a WebSocket, with just enough to send a word and answer a ping."""

    def __init__(self, path: str, headers: dict[str, str]) -> None:
        super().__init__()
        self._request = (path, headers)
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        path, headers = self._request
        upgrade = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        }
        self.transport.write(request("GET", path, headers | upgrade))

    def send(self, kind: int, data: bytes) -> None:
        assert len(data) < 126
        self.transport.write(bytes([kind, 0x80 | len(data)]) + MASK + data)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        data = self._rest + data
        if not self.begun.done():
            head, there, data = data.partition(b"\r\n\r\n")
            if not there:
                self._rest = head
                return
            if b" 101 " not in head:
                self.fail(head.decode())
                return
            self.begun.set_result(None)
        self._rest = self._frames(now, data)

    def _frames(self, now: float, data: bytes) -> bytes:
        """Takes the whole frames, and returns what is left."""
        at = 0
        while len(data) - at >= 2:
            kind, size, start = data[at], data[at + 1], at + 2
            if size > 125:
                width = 2 if size == 126 else 8
                if len(data) < start + width:
                    break
                (size,) = struct.unpack_from("!H" if width == 2 else "!Q", data, start)
                start += width
            end = start + size
            if len(data) < end:
                break
            if kind == TEXT:
                self.note(now, data[start:end])
            elif kind == PING:
                self.send(PONG, data[start:end])
            elif kind == CLOSE:
                self.fail(f"closed with {data[start:end]!r}")
            at = end
        return data[at:]


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: " + headers.pop("Host", "127.0.0.1")]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Pages:
    """Asks for pages over kept connections, as a browser does; one for each reader and request."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> str:
        """The body. Raises ConnectionError for a status that is not of success."""
        reader, writer = self._idle.pop() if self._idle else await self._open()
        writer.write(request(method, path, dict(headers), body))
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status = int(head.split(" ", 2)[1])
        lower = head.lower()
        if "content-length: " in lower:
            length = int(lower.split("content-length: ")[1].split("\r\n")[0])
            answer = await reader.readexactly(length)
        else:
            answer = await self._chunks(reader) if "transfer-encoding: chunked" in lower else b""
        self._idle.append((reader, writer))
        if status >= 400:
            raise ConnectionError(f"{method} {path}: {status}")
        return answer.decode(errors="replace")

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self._address)

    @staticmethod
    async def _chunks(reader: asyncio.StreamReader) -> bytes:
        parts = []
        while size := int(await reader.readline(), 16):
            parts.append(await reader.readexactly(size))
            await reader.readline()
        await reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
