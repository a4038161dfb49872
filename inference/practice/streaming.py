"""Streams the lines of an answer at the pace of the script, through the faults of the script."""

import asyncio
from collections.abc import Callable, Sequence

from . import go
from .exchange import Exchange
from .outflow import ENDINGS, Outflow
from .script import Fault, Kind
from .ticker import Ticker

# Lines that go out in one turn of the loop when no speed is set.
SLICE = 64
# Seconds after which a slow reader is looked at again.
PATIENCE = 0.02


class Stream:
    """One answer on its way out. Its status and headers go with the first line."""

    def __init__(
        self, exchange: Exchange, head: bytes, ticker: Ticker, speed: float, filler: bytes
    ) -> None:
        self._exchange = exchange
        self._head = head
        self._ticker = ticker
        self._speed = speed
        # What a huge line is made of: the rest of a line with one "%" for its text.
        self._filler = filler
        self._outflow = Outflow(exchange)
        self._due = 0.0

    async def run(self, tails: Sequence[bytes], last: Callable[[], bytes]) -> None:
        """All lines, then the last one (made when it is its turn), and the end.

        `tails` are the lines after their time. Raises HungUp where the script hangs up.
        """
        at = 0
        for fault in self._faults_by_line(len(tails)):
            upto = len(tails) if fault.after_lines < 0 else min(fault.after_lines, len(tails))
            await self._play(tails[at:upto])
            at = upto
            if fault.kind is Kind.EOF and fault.after_lines < 0:
                break
            await self._strike(fault)
            if fault.kind in ENDINGS:
                break
        else:
            await self._play(tails[at:])
            self._write([last()])
        self._outflow.close()

    def _faults_by_line(self, end: int) -> list[Fault]:
        faults = self._outflow.faults()
        return sorted(faults, key=lambda each: end if each.after_lines < 0 else each.after_lines)

    async def _strike(self, fault: Fault) -> None:
        huge = self._head + go.now().encode() + self._filler
        await self._outflow.strike(fault, huge)

    async def _play(self, tails: Sequence[bytes]) -> None:
        if not tails:
            return
        if not self._speed:
            await self._rush(tails)
            return
        written = 0
        start = max(asyncio.get_running_loop().time(), self._due)

        def step(now: float) -> float | None:
            nonlocal start, written
            if not self._exchange.writable.is_set():
                start += PATIENCE
                return now + PATIENCE
            due = min(len(tails), int((now - start) * self._speed + 1e-6) + 1)
            if due > written:
                self._write(tails[written:due])
                written = due
            self._due = start + written / self._speed
            return None if written == len(tails) else self._due

        await self._ticker.play(step)

    async def _rush(self, tails: Sequence[bytes]) -> None:
        for at in range(0, len(tails), SLICE):
            await self._exchange.writable.wait()
            self._write(tails[at : at + SLICE])
            await asyncio.sleep(0)

    def _write(self, tails: Sequence[bytes]) -> None:
        start = self._head + go.now().encode()
        self._outflow.write([start + tail for tail in tails])
