"""The models in memory: loading, waiting for a place, and leaving when their time is up."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from . import go, options
from .models import PracticeModel
from .script import Script

# Seconds that a model stays when no request says otherwise.
DEFAULT_KEEP_ALIVE = 300.0


@dataclass
class Runner:
    """A model in memory, or on its way there."""

    model: PracticeModel
    loaded_with: tuple[tuple[str, Any], ...]
    keep_alive: float
    idle_since: float
    users: int = 0
    ready: bool = False

    @property
    def num_ctx(self) -> int:
        return int(dict(self.loaded_with)["num_ctx"])

    @property
    def size(self) -> int:
        """Bytes in use."""
        return int(self.model.size * 0.87) + self.num_ctx * self.model.bytes_a_token

    def expires_ns(self) -> int:
        """When it leaves if nobody asks again, in nanoseconds since the epoch."""
        since = int(self.idle_since * 1e9)
        return since + (
            go.FOR_EVER_NS if math.isinf(self.keep_alive) else int(self.keep_alive * 1e9)
        )

    def expired(self, now: float) -> bool:
        return self.ready and not self.users and now >= self.idle_since + self.keep_alive


class Memory:
    """What is loaded, keyed by weights: two names for one file share a place.

    Nothing runs when time is up: who looks finds only what is still there.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._runners: dict[str, Runner] = {}
        self._waiting: list[asyncio.Future[None]] = []

    def loaded(self) -> list[Runner]:
        """The one that stays longest first."""
        self._forget_expired()
        ready = [runner for runner in self._runners.values() if runner.ready]
        return sorted(ready, key=lambda runner: runner.expires_ns(), reverse=True)

    @asynccontextmanager
    async def use(
        self,
        model: PracticeModel,
        chosen: Mapping[str, Any],
        keep_alive: float | None,
        script: Script,
    ) -> AsyncIterator[Runner]:
        """Loads the model if it must, waits its turn, and keeps the model while inside."""
        runner = await self._take(model, chosen, keep_alive, script)
        try:
            yield runner
        finally:
            runner.users -= 1
            runner.idle_since = self._clock()
            self._wake()

    def unload(self, model: PracticeModel) -> None:
        """Sends it away, at the latest when its last request has ended."""
        if runner := self._runners.get(model.file):
            runner.keep_alive = 0.0
            self._wake()

    def crash(self, model: PracticeModel) -> None:
        """It is gone at once, whoever was using it."""
        self._runners.pop(model.file, None)
        self._wake()

    def clear(self) -> None:
        self._runners.clear()
        self._wake()

    async def _take(
        self,
        model: PracticeModel,
        chosen: Mapping[str, Any],
        keep_alive: float | None,
        script: Script,
    ) -> Runner:
        wanted = options.loaded_with(chosen, model.context_length)
        while True:
            self._forget_expired()
            runner = self._runners.get(model.file)
            if runner is None and self._make_room(script.max_loaded):
                return await self._load(model, wanted, keep_alive, script.load_seconds)
            if runner and runner.ready:
                if runner.loaded_with != wanted and not runner.users:
                    del self._runners[model.file]
                    continue
                if runner.loaded_with == wanted and (
                    not script.parallel or runner.users < script.parallel
                ):
                    runner.users += 1
                    if keep_alive is not None:
                        runner.keep_alive = keep_alive
                    return runner
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting

    async def _load(
        self,
        model: PracticeModel,
        wanted: tuple[tuple[str, Any], ...],
        keep_alive: float | None,
        seconds: float,
    ) -> Runner:
        stays = DEFAULT_KEEP_ALIVE if keep_alive is None else keep_alive
        runner = Runner(model, wanted, stays, self._clock(), users=1)
        self._runners[model.file] = runner
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            if self._runners.get(model.file) is runner:
                del self._runners[model.file]
            self._wake()
            raise
        runner.ready = True
        self._wake()
        return runner

    def _make_room(self, most: int) -> bool:
        """False when all places are taken by models at work."""
        if len(self._runners) < most:
            return True
        idle = [(key, each) for key, each in self._runners.items() if each.ready and not each.users]
        if not idle:
            return False
        del self._runners[min(idle, key=lambda item: item[1].keep_alive)[0]]
        return True

    def _forget_expired(self) -> None:
        now = self._clock()
        for key in [key for key, runner in self._runners.items() if runner.expired(now)]:
            del self._runners[key]

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
