"""A pytest plugin: `practice`, a practice server over real HTTP, for sync and async tests alike.

    def test_shows_the_answer(practice):
        practice.script(answer="Hello!", faults={"kind": "stall", "after_lines": 1})
        ...                                         # practice.url is a server of Ollama's protocol
        practice.wait_for_request("/api/chat")      # blocks on an event; in a coroutine:
        await practice.asked("/api/chat")           # the same without holding up the loop
        practice.release()

It answers and pulls as fast as it goes and loads at once, unless the test scripts another pace.
One server serves the whole session; each test finds it as new. `new_practice` starts others.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from inference.practice import PracticeModel, PracticeServer, Script
from inference.practice.models import PRACTICE_MODELS

# Seconds after which something that should happen is taken not to.
PATIENCE = 30.0
AT_ONCE = Script(speed=0, load_seconds=0, pull_speed=0)

Requests = list[dict[str, Any]]
T = TypeVar("T")


class Practice:
    """A practice server in a thread and a loop of its own."""

    def __init__(self, models: Iterable[PracticeModel] = PRACTICE_MODELS) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="practice", daemon=True)
        self._server = PracticeServer(models=models, script=AT_ONCE)

    def start(self) -> None:
        self._thread.start()
        self._run(self._server.start())

    def stop(self) -> None:
        self._run(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return self._server.url

    def script(self, **changes: Any) -> None:
        """Changes these fields of the Script; what is asked from now on follows it."""

        async def change() -> None:
            self._server.change(self._server.script.changed(changes))

        self._run(change())

    def names(self) -> list[str]:
        """The models that it has now, by name."""

        async def look() -> list[str]:
            return sorted(str(model.name) for model in self._server.models.newest_first())

        return self._run(look())

    def release(self) -> None:
        """Ends the stalls that have no `seconds`."""
        self._call(self._server.let_go)

    def reset(self) -> None:
        self._call(self._server.reset)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody can connect inside; who is connected stays."""
        self._run(self._server.deafen())
        try:
            yield
        finally:
            self._run(self._server.listen())

    def requests(self, path: str | None = None) -> Requests:
        """What was asked, oldest first: all, or what came to this path (see log.Asked)."""
        return [each for each in self._server.log.all() if path in (None, each["path"])]

    def wait_for_request(self, path: str, n: int = 1) -> Requests:
        """The requests to this path, once there are `n`. Blocks the thread."""
        return self._wait(path, n, lambda each: True)

    def wait_for_end(self, path: str, n: int = 1) -> Requests:
        """The same, once `n` of them have ended."""
        return self._wait(path, n, lambda each: each["ended"] is not None)

    def wait_for_cut(self, path: str, n: int = 1) -> Requests:
        """The same, once the client left `n` of them before their end."""
        return self._wait(path, n, lambda each: each["cut_by_client"])

    async def asked(self, path: str, n: int = 1) -> Requests:
        """wait_for_request for coroutines."""
        return await asyncio.to_thread(self.wait_for_request, path, n)

    async def ended(self, path: str, n: int = 1) -> Requests:
        """wait_for_end for coroutines."""
        return await asyncio.to_thread(self.wait_for_end, path, n)

    async def cut(self, path: str, n: int = 1) -> Requests:
        """wait_for_cut for coroutines."""
        return await asyncio.to_thread(self.wait_for_cut, path, n)

    def _wait(self, path: str, n: int, counts: Callable[[dict[str, Any]], bool]) -> Requests:
        def those(requests: Requests) -> Requests:
            return [each for each in requests if each["path"] == path and counts(each)]

        return those(self._server.log.wait_for(lambda found: len(those(found)) >= n, PATIENCE))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def _call(self, function: Callable[[], None]) -> None:
        async def call() -> None:
            function()

        self._run(call())


@pytest.fixture(scope="session")
def _practice_server() -> Iterator[Practice]:
    server = Practice()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def new_practice() -> Iterator[Callable[..., Practice]]:
    """A function: a practice server of the test's own that has just these models."""
    servers: list[Practice] = []

    def start(*models: PracticeModel) -> Practice:
        servers.append(Practice(models))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def practice(_practice_server: Practice) -> Iterator[Practice]:
    """A practice server as new: nothing loaded, nothing asked, no faults."""
    _practice_server.reset()
    yield _practice_server
    _practice_server.reset()
