"""A server that sends exactly the bytes that a test gives it, over a real local socket."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parents[2] / "wire"

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Wire:
    """Plays the scripts in turn, one a connection, and the last one again and again."""

    scripts: list[Script] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    open: int = 0
    url: str = ""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def plays(self, *scripts: Script) -> None:
        self.scripts = list(scripts)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits until what the server has seen makes `condition` true; 5 s at most."""
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(condition)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._count(1)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        playing = asyncio.ensure_future(self._play(script, reader, writer))
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await playing
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            await self._count(-1)

    async def _play(
        self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append(Asked(method, path, headers, body))
        async with self.changed:
            self.changed.notify_all()
        gone = asyncio.ensure_future(reader.read())  # ends when the client closes
        acting = asyncio.ensure_future(script(writer))
        try:
            await asyncio.wait([gone, acting], return_when=asyncio.FIRST_COMPLETED)
            if acting.done():
                await acting
        finally:
            for task in (gone, acting):
                task.cancel()
            await asyncio.gather(gone, acting, return_exceptions=True)

    async def _count(self, change: int) -> None:
        async with self.changed:
            self.open += change
            self.changed.notify_all()


def head(status: int = 200, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


STREAM = head(200, "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked")


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def token(text: str, **more: Any) -> bytes:
    """A line of a chat's stream."""
    line = {"model": "pip", "message": {"role": "assistant", "content": text}, "done": False}
    return json.dumps({**line, **more}, ensure_ascii=False).encode() + b"\n"


DONE = token("", done=True, done_reason="stop", eval_count=3)


def sends(*parts: bytes) -> Script:
    """Each part as a packet of its own, then the end."""

    async def script(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return script


def streams(*lines: bytes, end: bytes = b"0\r\n\r\n") -> Script:
    """A stream with each line as a chunk."""
    return sends(STREAM, *map(chunk, lines), end)


def answers(value: Any, status: int = 200) -> Script:
    """One JSON object."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return sends(
        head(status, "Content-Type: application/json", f"Content-Length: {len(body)}"), body
    )


def then_waits(*parts: bytes) -> Script:
    """The parts, and then nothing for ever."""

    async def script(writer: asyncio.StreamWriter) -> None:
        await sends(*parts)(writer)
        await asyncio.Event().wait()

    return script


def recording(name: str) -> dict[str, Any]:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def recordings(*endpoints: str) -> list[str]:
    """The names of all recordings of these endpoints, as "chat/stream"."""
    paths = (
        path for endpoint in endpoints for path in sorted((RECORDINGS / endpoint).glob("*.json"))
    )
    return [f"{path.parent.name}/{path.stem}" for path in paths]


def replays(name: str) -> Script:
    """The recorded answer, byte for byte, without its pauses."""
    response = recording(name)["response"]
    lines = [f"HTTP/1.1 {response['status']} {response['reason']}"]
    # Paths were changed in the recordings, the lengths of their bodies were not.
    right = {"Content-Length": len(response["body"].encode())} if response.get("body") else {}
    lines += [f"{field}: {right.get(field, value)}" for field, value in response["headers"]]
    start = "\r\n".join([*lines, "", ""]).encode()
    if "body" in response:
        return sends(start, response["body"].encode())
    chunks = [chunk(text.encode()) for _, text in response["chunks"]]
    return sends(start, *chunks, b"0\r\n\r\n" if response["complete"] else b"")
