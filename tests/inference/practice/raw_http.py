"""Speaks HTTP by hand, to see what a library hides: the headers and the chunks as they came."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    """`chunks` is None where the body was not chunked; `complete`: the closing chunk came."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: str = ""
    chunks: list[str] | None = None
    complete: bool = True

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    def json(self) -> Any:
        return json.loads(self.body)

    def lines(self) -> list[Any]:
        """The objects of a stream."""
        return [json.loads(line) for line in self.body.splitlines()]

    def content(self) -> str:
        """The text of a stream of /api/chat."""
        return "".join(line["message"]["content"] for line in self.lines() if "message" in line)


def request_bytes(
    method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    given = {"Host": "localhost", **(headers or {})}
    if body or method == "POST":
        given["Content-Length"] = str(len(body))
    given["Connection"] = "close"
    lines = [f"{method} {path} HTTP/1.1", *(f"{key}: {value}" for key, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def ask(
    url: str,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: Any = None,
    *,
    chunks: int | None = None,
) -> Answer:
    """One exchange. `body` is bytes, or is sent as JSON; with `chunks` it leaves after so many."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 26)
    try:
        writer.write(request_bytes(method, path, headers, data))
        return await read(reader, head_only=method == "HEAD", most=chunks)
    finally:
        writer.close()
        await writer.wait_closed()


async def read(
    reader: asyncio.StreamReader, *, head_only: bool = False, most: int | None = None
) -> Answer:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
    _, status, reason = first.split(" ", 2)
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    answer = Answer(int(status), reason, headers)
    if head_only or answer.status == 204:
        return answer
    if answer.header("transfer-encoding") == "chunked":
        await _read_chunks(reader, answer, most)
    else:
        answer.body = (await reader.readexactly(int(answer.header("content-length") or 0))).decode()
    return answer


async def _read_chunks(reader: asyncio.StreamReader, answer: Answer, most: int | None) -> None:
    found: list[bytes] = []
    answer.complete = False
    while most is None or len(found) < most:
        size = await reader.readline()
        if not size:
            break
        data = await reader.readexactly(int(size, 16) + 2)
        if len(data) == 2:
            answer.complete = True
            break
        found.append(data[:-2])
    answer.body = b"".join(found).decode(errors="replace")
    answer.chunks = [chunk.decode(errors="replace") for chunk in found]
