"""What jobs on models cost: ten pulls at once with a page open on them, and a flood of progress.

`python -m bench.jobs` prints processor time in percent of a core, of which what the idle process
takes has been subtracted, and how many messages the page got in a second. The server of models is
a process of its own.
"""

import asyncio
import json
import sqlite3
import time
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.processes import Server, Webchat, first_line
from bench.wire import Pages, Socket

SECONDS = 30.0
JOBS = 10
SIZE = 40_000_000_000  # bytes of each model, so that none is done before the end
SPEED = 50_000_000  # bytes a second
SETTLED_S = 3.0


class Models(Server):
    """A practice server with models that take long to pull."""

    name = "practice server"

    def start(self) -> None:
        arguments = ["--port", "0", "--pull-speed", str(SPEED)]
        self.process = self.run("-m", "inference.practice", *arguments)
        self.url = first_line(self.process).rsplit(" ", 1)[1]
        self.script(registry=[{"name": f"bench/m{n}", "size": SIZE} for n in range(JOBS + 1)])

    def script(self, **changes: Any) -> None:
        body = json.dumps(changes).encode()
        urllib.request.urlopen(f"{self.url}/practice/script", body).close()


async def taken(server: Webchat, socket: Socket) -> tuple[float, float]:
    """Processor time in percent of a core, and messages a second, from now on."""
    await asyncio.sleep(SETTLED_S)
    cpu, began, heard = server.cpu(), time.monotonic(), len(socket.came)
    await asyncio.sleep(SECONDS)
    passed = time.monotonic() - began
    return (server.cpu() - cpu) / passed * 100, (len(socket.came) - heard) / passed


async def run(server: Webchat, models: Models) -> None:
    with sqlite3.connect(server.folder / "webchat.sqlite3") as database:
        database.execute("UPDATE accounts_person SET role = 'administrator'")
        (ollama,) = database.execute("SELECT id FROM inference_server").fetchone()
    database.close()
    reader = server.readers[0]
    place = urlsplit(server.url)
    assert place.hostname
    assert place.port
    pages = Pages(place.hostname, place.port)
    host = {"Host": place.netloc, "Origin": server.url, "Cookie": reader["cookies"]}
    form = {"X-CSRFToken": reader["csrf"], "Content-Type": "application/x-www-form-urlencoded"}

    async def pull(name: str) -> None:
        body = urlencode({"name": name, "server": ollama}).encode()
        await pages.ask("POST", "/models/jobs/pulls/", host | form, body)

    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(
        lambda: Socket("/ws/models/", dict(host)), place.hostname, place.port
    )
    await socket.begun
    idle, _none = await taken(server, socket)
    print(f"idle: {idle:.1f} % of a core")
    for n in range(JOBS):
        await pull(f"bench/m{n}")
    busy, messages = await taken(server, socket)
    print(f"{JOBS} pulls: {busy - idle:.1f} % of a core, {messages:.1f} messages a second")
    models.script(faults=[{"kind": "flood", "path": "/api/pull", "times": 1}])
    await pull(f"bench/m{JOBS}")
    flood, messages = await taken(server, socket)
    print(f"and 50,000 lines a second: {flood - busy:.1f} % more, {messages:.1f} messages a second")
    print(f"memory: {server.memory('VmRSS'):.0f} MB")
    pages.close()
    socket.transport.close()


def main() -> None:
    with Models() as models:
        server = Webchat(models.url, 1)
        server.variables["WEBCHAT_SERVER_JOBS"] = str(JOBS + 1)
        with server:
            asyncio.run(run(server, models))


if __name__ == "__main__":
    main()
