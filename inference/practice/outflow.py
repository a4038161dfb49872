"""The lines of a stream on their way out, and what the script does to them."""

import time
from collections.abc import Sequence

from . import go
from .body import Body, HungUp
from .exchange import GARBAGE, NDJSON, RUNNER_FAILED, SCRIPTED, Exchange
from .script import Fault, Kind

# Faults after which nothing more comes.
ENDINGS = (Kind.ERROR, Kind.CRASH, Kind.EOF)


class Outflow:
    """The body of one stream. Its status and headers go with the first line."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._opened: Body | None = None

    def faults(self) -> list[Fault]:
        """Those that strike between two lines."""
        faults = self._exchange.struck_by(Kind.STALL, Kind.HUGE, Kind.GARBAGE, *ENDINGS)
        cuts = self._exchange.struck_by(Kind.CUT)
        return faults + [fault for fault in cuts if fault.after_bytes is None]

    @property
    def started(self) -> bool:
        return self._opened is not None

    def write(self, lines: Sequence[bytes]) -> None:
        """Whole lines, each with its end. Raises HungUp where the script cuts."""
        asked = self._exchange.asked
        if asked.first_line is None:
            asked.first_line = time.time()
        asked.lines += len(lines)
        self._body.write(lines)

    def error(self, words: str) -> None:
        """A line with an error; it is not counted."""
        self._body.write([go.dump_bytes({"error": words}) + b"\n"])

    async def strike(self, fault: Fault, huge: bytes) -> None:
        """One fault between two lines; `huge` is a line with "%" where HUGE puts its text."""
        if fault.kind is Kind.STALL:
            await self._exchange.stall(fault)
        elif fault.kind is Kind.CUT:
            raise HungUp
        elif fault.kind is Kind.GARBAGE:
            self._body.write([f"{fault.text}\n".encode() if fault.text else GARBAGE])
        elif fault.kind is Kind.HUGE:
            self.write([huge.replace(b"%", b"x" * fault.size)])
        elif fault.kind in (Kind.ERROR, Kind.CRASH):
            self.error(fault.text or (RUNNER_FAILED if fault.kind is Kind.CRASH else SCRIPTED))

    def close(self) -> None:
        self._exchange.close(self._body)

    @property
    def _body(self) -> Body:
        if self._opened is None:
            self._opened = self._exchange.open(200, NDJSON)
            for fault in self._exchange.struck_by(Kind.SPLIT):
                self._opened.split(fault.size)
            for fault in self._exchange.struck_by(Kind.CUT):
                if fault.after_bytes is not None:
                    self._opened.cut_after(fault.after_bytes)
        return self._opened
