"""How often live answers are shown: every 80 ms, and less often when the process has much to do."""

import asyncio
from typing import Protocol

# Seconds between two frames of an answer, and how far that grows.
FRAME_INTERVAL = 0.08
SLOWEST = 1.0
# By how much the interval grows for each second that the loop is late.
LATENESS = 2.0
# Seconds of work after which others get their turn.
TURN = 0.005


class Shown(Protocol):
    """An answer that may have something new to show."""

    async def show_if_due(self) -> None:
        """Sends a frame if there is something new and the last one is long enough ago."""


class Pace:
    """Measures how late the loop is and sets the interval between frames by it.

    An answer shows what it reads at once if its last frame is an interval ago. What came sooner
    waits for the ticker, which shows all that is due.
    """

    def __init__(self, interval: float = FRAME_INTERVAL) -> None:
        self.interval = interval
        self._shortest = interval
        self._waiting: set[Shown] = set()
        self._any = asyncio.Event()

    def wait(self, answer: Shown) -> None:
        """The answer has something that the ticker shall show."""
        self._waiting.add(answer)
        self._any.set()

    def forget(self, answer: Shown) -> None:
        """The answer has shown all it has."""
        self._waiting.discard(answer)

    async def tick(self) -> None:
        """Shows what waits, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._any.wait()
            due = loop.time() + self.interval / 2
            await asyncio.sleep(self.interval / 2)
            self._adapt(loop.time() - due)
            self._any.clear()
            turn_ends = loop.time() + TURN
            for answer in list(self._waiting):
                await answer.show_if_due()
                if loop.time() > turn_ends:
                    await asyncio.sleep(0)
                    turn_ends = loop.time() + TURN
            if self._waiting:
                self._any.set()

    def _adapt(self, late: float) -> None:
        wanted = min(SLOWEST, self._shortest + LATENESS * max(late, 0.0))
        self.interval += (wanted - self.interval) / 4
