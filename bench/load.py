"""The readers of the bench, in a process of their own: N open pages, each asks once and reads.

Reads one JSON object from standard input and prints one: for each token the delay between its
being sent by the upstream and its arrival here, in milliseconds, and for each stream the time to
its first token from the moment it was asked for.
"""

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field

import httpx
import websockets

STAMP = re.compile(r"\d{10}\.\d{5}")
PATIENCE_S = 60.0


@dataclass
class Stream:
    """One reader: the stamps it saw, and when it asked."""

    expected: int
    asked: float = 0.0
    first: float | None = None
    last_stamp: str = ""
    seen: int = 0
    delays: list[float] = field(default_factory=list)

    def take(self, frame: str) -> None:
        now = time.time()
        for stamp in STAMP.findall(frame):
            if stamp > self.last_stamp:
                self.last_stamp = stamp
                self.seen += 1
                self.delays.append((now - float(stamp)) * 1000)
                if self.first is None:
                    self.first = now

    @property
    def whole(self) -> bool:
        return self.seen >= self.expected


async def plain(stream: Stream, url: str, start: float) -> None:
    async with websockets.connect(url, compression=None, max_size=None) as socket:
        await asyncio.sleep(max(0.0, start - time.time()))
        stream.asked = time.time()
        await socket.send(json.dumps({"text": "Go"}))
        while not stream.whole:
            stream.take(await socket.recv())


async def page(
    stream: Stream, http: httpx.AsyncClient, base: str, reader: dict, start: float
) -> None:
    headers = {"Cookie": reader["cookies"], "Origin": base}
    socket_url = f"{base.replace('http', 'ws')}/ws/conversations/{reader['conversation']}/"
    async with websockets.connect(
        socket_url, compression=None, max_size=None, additional_headers=headers
    ) as socket:
        await asyncio.sleep(max(0.0, start - time.time()))
        stream.asked = time.time()
        asking = asyncio.create_task(
            http.post(
                f"{base}/conversations/{reader['conversation']}/messages/",
                data=reader["form"],
                headers={**headers, "X-CSRFToken": reader["csrf"], "HX-Request": "true"},
            )
        )
        while not stream.whole:
            stream.take(await socket.recv())
        (await asking).raise_for_status()


async def main(task: dict) -> dict:
    begin = time.time() + task.get("settle", 2.0)
    count = len(task["readers"])
    streams = [Stream(task["tokens"]) for _ in range(count)]
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False, limits=limits) as http:
        jobs = []
        for n, (stream, reader) in enumerate(zip(streams, task["readers"], strict=True)):
            start = begin + task["spread"] * n / count
            if task["kind"] == "plain":
                jobs.append(plain(stream, task["url"], start))
            else:
                jobs.append(page(stream, http, task["url"], reader, start))
        ended = await asyncio.wait_for(
            asyncio.gather(*jobs, return_exceptions=True), PATIENCE_S + task["seconds"]
        )
    return {
        "delays": [delay for stream in streams for delay in stream.delays],
        "first": [(s.first - s.asked) * 1000 for s in streams if s.first],
        "whole": sum(stream.whole for stream in streams),
        "seen": sum(stream.seen for stream in streams),
        "errors": [repr(error) for error in ended if error is not None][:5],
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
