"""What a pull, a push or a create tells as it goes on: lines, or one object when all is done."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from . import go
from .blobs import path_of
from .exchange import PLAIN_JSON, RUNNER_STOPPED, SCRIPTED, Exchange
from .outcome import Failure
from .outflow import Outflow
from .script import Fault, Kind

# Seconds between the lines of one layer.
TICK = 0.06
# By how much SHRINKING makes each total smaller.
SHRINKS = 0.97

Work: TypeAlias = Callable[["Progress"], Awaitable[None]]


class Ended(Exception):
    """The script ends the stream here, well but without success."""


class Progress:
    """The lines of one exchange, through its faults. Where nothing streams they only count."""

    def __init__(self, exchange: Exchange, *, streams: bool) -> None:
        self._exchange = exchange
        self._streams = streams
        self._outflow = Outflow(exchange)
        self._lines = 0
        self._shrunk = 1.0
        faults = [*self._outflow.faults(), *exchange.struck_by(Kind.NO_SPACE)]
        self._left = sorted(
            (fault for fault in faults if fault.after_lines >= 0),
            key=lambda fault: fault.after_lines,
        )

    async def say(self, status: str) -> None:
        await self._line({"status": status})

    async def tell(self, status: str, digest: str, total: int, completed: int) -> None:
        """How far a layer is, in bytes."""
        fields = {"status": status, "digest": digest, "total": total, "completed": completed}
        if self._changes(Kind.SHRINKING):
            self._shrunk *= SHRINKS
            fields["total"] = max(1, int(total * self._shrunk))
        for fault in self._changes(Kind.BACKWARDS):
            if (self._lines - fault.after_lines) % 3 == 2:
                fields["completed"] = completed // 2
        if self._changes(Kind.NO_TOTALS):
            fields["total"] = fields["completed"] = 0
        times = max([fault.size for fault in self._changes(Kind.FLOOD)], default=1)
        await self._line(go.present(fields), times)

    async def succeed(self) -> None:
        """The end of it all, after the faults that have not had their turn."""
        while self._left:
            await self._strike(self._left.pop(0), "")
        if not self._streams:
            await self._exchange.reply({"status": "success"}, PLAIN_JSON)
            return
        if any(fault.after_lines < 0 for fault in self._exchange.struck_by(Kind.EOF)):
            raise Ended
        await self._line({"status": "success"})
        self._outflow.close()

    def fail(self, failure: Failure) -> None:
        """A line where lines have come, else a status."""
        if self._outflow.started:
            self._outflow.error(failure.message)
            self._outflow.close()
        elif self._streams or not failure.at_work:
            self._exchange.fail(failure, stream=True)
        else:
            self._exchange.json(failure.status, {"error": failure.message}, PLAIN_JSON)

    def end(self) -> None:
        self._outflow.close()

    def _changes(self, kind: Kind) -> list[Fault]:
        return [
            fault for fault in self._exchange.struck_by(kind) if fault.after_lines <= self._lines
        ]

    async def _line(self, fields: dict[str, Any], times: int = 1) -> None:
        while self._left and self._left[0].after_lines <= self._lines:
            await self._strike(self._left.pop(0), fields.get("digest", ""))
        self._lines += 1
        if self._streams:
            await self._exchange.writable.wait()
            self._outflow.write([go.dump_bytes(fields) + b"\n"] * times)
        await asyncio.sleep(0)

    async def _strike(self, fault: Fault, digest: str) -> None:
        if fault.kind is Kind.NO_SPACE:
            raise no_space(digest)
        if fault.kind in (Kind.ERROR, Kind.CRASH):
            usual = SCRIPTED if fault.kind is Kind.ERROR else RUNNER_STOPPED
            raise Failure(500, fault.text or usual, at_work=True)
        if not self._streams:
            return  # `reply` sees to the others.
        if fault.kind is Kind.EOF:
            raise Ended
        await self._outflow.strike(fault, b'{"status":"%"}\n')


def no_space(digest: str) -> Failure:
    """The words of a full disk."""
    path = f"{path_of(digest)}-partial" if digest else path_of("sha256-3141592653")
    return Failure(500, f"write {path}: no space left on device", at_work=True)


async def work(exchange: Exchange, asked: dict[str, Any], do: Work) -> None:
    """Does it, and tells of it as the request asks for: in a stream unless that is false."""
    progress = Progress(exchange, streams=asked.get("stream", True))
    try:
        await do(progress)
        await progress.succeed()
    except Ended:
        progress.end()
    except Failure as failure:
        progress.fail(failure)
