"""One clock for all streams: a timer a tick, not one for each token of each stream."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count
from typing import TypeAlias

# Seconds between ticks. Lines that fall due within one are written together.
TICK = 0.004

# Writes what is due at this time of the loop; returns when the next is due, None at the end.
Step: TypeAlias = Callable[[float], float | None]


class Ticker:
    """Calls the steps of many streams in the order in which they fall due."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._due: list[tuple[float, int, Step, asyncio.Future[None]]] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    async def play(self, step: Step) -> None:
        """Runs the steps until one returns None. Cancelling ends them; it raises what they do."""
        done = self._loop.create_future()
        self._advance(step, done, self._loop.time())
        self._arm()
        await done

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _advance(self, step: Step, done: asyncio.Future[None], now: float) -> None:
        if done.done():
            return
        try:
            due = step(now)
        except Exception as error:
            done.set_exception(error)
            return
        if due is None:
            done.set_result(None)
        else:
            heapq.heappush(self._due, (due, next(self._numbers), step, done))

    def _tick(self) -> None:
        self._timer = None
        now = self._loop.time()
        while self._due and self._due[0][0] <= now:
            _, _, step, done = heapq.heappop(self._due)
            self._advance(step, done, now)
        self._arm()

    def _arm(self) -> None:
        if not self._due:
            return
        when = max(self._due[0][0], self._loop.time() + TICK)
        if self._timer and self._timer.when() <= when:
            return
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._tick)
