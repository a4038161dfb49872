"""The readers of the bench, in a process of their own: N open pages, each asks once and reads.

The first line on standard input is a task as JSON. It prints "connected" when all sockets are
open, waits for another line, has them ask, and prints one JSON object when all have read their
answer: for each token the delay between its being sent by the upstream and its arrival here, and
for each stream the time to its first token from the moment it was asked for, in milliseconds.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.tokens import arrivals
from bench.wire import TEXT, Pages, Reader, Response, Socket, request

PATIENCE_S = 60.0
AT_ONCE = 20  # sockets that are being opened


class Stream:
    """One reader, of a server that is asked over its socket. `asked` is a monotonic time."""

    def __init__(self, reader: Reader, task: Any) -> None:
        self.reader = reader
        self.tokens: int = task["tokens"]
        self.asked = 0.0
        self.sent: list[tuple[float, float]] = []

    async def ask(self) -> None:
        raise NotImplementedError

    async def read(self, start: float) -> None:
        await asyncio.sleep(max(0.0, start - time.monotonic()))
        self.asked = time.monotonic()
        asking = asyncio.create_task(self.ask())
        await self.reader.ended
        await asking

    def look(self) -> None:
        self.sent = arrivals(self.reader.came, self.asked)

    @property
    def delays(self) -> list[float]:
        return [(came - sent) * 1000 for sent, came in self.sent]

    @property
    def first(self) -> float | None:
        return (self.sent[0][1] - self.asked) * 1000 if self.sent else None


class FromOllama(Stream):
    """Asks the upstream itself: what nobody can be quicker than."""

    async def ask(self) -> None:
        body = json.dumps({"model": "bench:latest", "messages": []}).encode()
        self.reader.transport.write(request("POST", "/api/chat", {}, body))


class FromRelay(Stream):
    """Asks the plain relay over its socket."""

    async def ask(self) -> None:
        assert isinstance(self.reader, Socket)
        self.reader.send(TEXT, json.dumps({"text": "Go"}).encode())


class FromPage(Stream):
    """Sends the form of a conversation's page and reads its socket."""

    def __init__(self, reader: Reader, task: Any, person: Any, pages: Pages) -> None:
        super().__init__(reader, task)
        self._person = person
        self._headers = headers_of(task["url"], person)
        self._pages = pages

    async def ask(self) -> None:
        path = f"/conversations/{self._person['conversation']}/messages/"
        headers = self._headers | {
            "X-CSRFToken": self._person["csrf"],
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        await self._pages.ask("POST", path, headers, urlencode(self._person["form"]).encode())


def headers_of(url: str, person: Any) -> dict[str, str]:
    return {"Host": urlsplit(url).netloc, "Origin": url, "Cookie": person["cookies"]}


async def connect(task: Any, pages: Pages) -> list[Stream]:
    loop = asyncio.get_running_loop()
    address = urlsplit(task["url"])
    door = asyncio.Semaphore(AT_ONCE)

    async def open_one(person: Any) -> Stream:
        async with door:
            if task["kind"] == "ollama":
                _, bare = await loop.create_connection(Response, address.hostname, address.port)
                return FromOllama(bare, task)
            path, headers = "/", {}
            if task["kind"] == "page":
                path = f"/ws/conversations/{person['conversation']}/"
                headers = headers_of(task["url"], person)
            _, socket = await loop.create_connection(
                lambda: Socket(path, dict(headers)), address.hostname, address.port
            )
            await asyncio.wait_for(socket.begun, PATIENCE_S)
            if task["kind"] == "relay":
                return FromRelay(socket, task)
            return FromPage(socket, task, person, pages)

    return await asyncio.gather(*(open_one(person) for person in task["readers"]))


async def main() -> None:
    loop = asyncio.get_running_loop()
    task = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    address = urlsplit(task["url"])
    pages = Pages(address.hostname or "", address.port or 80)
    streams = await connect(task, pages)
    print("connected", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    start = time.monotonic() + 0.1
    reading = [
        asyncio.create_task(stream.read(start + task["spread"] * n / len(streams)))
        for n, stream in enumerate(streams)
    ]
    done, late = await asyncio.wait(reading, timeout=PATIENCE_S + task["seconds"])
    for work in late:
        work.cancel()
    for stream in streams:
        stream.look()
    errors = [repr(work.exception()) for work in done if work.exception()]
    result = {
        "delays": [round(delay, 1) for stream in streams for delay in stream.delays],
        "first": [stream.first for stream in streams if stream.first is not None],
        "whole": sum(len(stream.sent) == stream.tokens for stream in streams),
        "seen": sum(len(stream.sent) for stream in streams),
        "errors": [*errors[:5], *(["not ended in time"] if late else [])],
    }
    print(json.dumps(result), flush=True)
    for stream in streams:
        stream.reader.transport.abort()
    pages.close()


if __name__ == "__main__":
    asyncio.run(main())
