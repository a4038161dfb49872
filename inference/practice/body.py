"""The body of an answer on its way out: chunks, and what a script does to them."""

import asyncio
from collections.abc import Sequence

# Closing bytes of a chunked body.
LAST_CHUNK = b"0\r\n\r\n"


class HungUp(Exception):
    """The connection is to be closed here, in the middle of the answer."""


class Body:
    """Writes HTTP chunks, each line one of its own.

    It writes to the transport itself: through h11 a chunk costs several times as much, and the
    benchmarks need tens of thousands a second.
    """

    def __init__(self, transport: asyncio.Transport, *, chunked: bool = True) -> None:
        self._transport = transport
        self._chunked = chunked
        self._left: int | None = None
        self._size = 0
        self._rest = b""

    def cut_after(self, size: int) -> None:
        """Hang up once so many bytes of the body are out."""
        self._left = size

    def split(self, size: int) -> None:
        """Cut the body into chunks of `size` bytes, whatever the lines."""
        self._size = size

    def write(self, lines: Sequence[bytes]) -> None:
        """Raises HungUp where the script cuts."""
        if self._left is not None:
            lines = self._up_to_the_cut(lines)
        if self._size:
            lines = self._resized(lines)
        self._send(lines)
        if self._left == 0:
            raise HungUp

    def end(self) -> None:
        if self._rest:
            self._send([self._rest])
            self._rest = b""
        if self._chunked:
            self._transport.write(LAST_CHUNK)

    def _send(self, lines: Sequence[bytes]) -> None:
        if self._chunked:
            lines = [b"%x\r\n%b\r\n" % (len(line), line) for line in lines if line]
        self._transport.write(b"".join(lines))

    def _resized(self, lines: Sequence[bytes]) -> list[bytes]:
        data = self._rest + b"".join(lines)
        whole = len(data) - len(data) % self._size
        self._rest = data[whole:]
        return [data[at : at + self._size] for at in range(0, whole, self._size)]

    def _up_to_the_cut(self, lines: Sequence[bytes]) -> list[bytes]:
        kept = []
        for line in lines:
            assert self._left is not None  # noqa: S101 - for the type checker
            kept.append(line[: self._left])
            self._left -= len(kept[-1])
        return kept
