"""The body of a request that is too long to keep: hashed as it comes."""

import asyncio
import math
from collections.abc import Callable
from hashlib import sha256

# Bytes that are kept of the start, to tell what kind of file it is.
KEPT = 4096


class Upload:
    """Takes the bytes of one request; what was read of them is only their hash and their number.

    `ask` tells a client that waits for it to go on; `pause` and `resume` hold up the reading.
    """

    def __init__(
        self, ask: Callable[[], None], pause: Callable[[], None], resume: Callable[[], None]
    ) -> None:
        self.size = 0
        self.start = b""
        self.whole = False
        self.pause = pause
        self.resume = resume
        self._ask = ask
        self._hash = sha256()
        self._enough = math.inf
        self._came = asyncio.Event()

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"

    async def received(self, size: int | None = None) -> None:
        """Waits until so many bytes have come, or all of them."""
        self._ask()
        self._enough = math.inf if size is None else size
        while not self.whole and self.size < self._enough:
            self._came.clear()
            await self._came.wait()

    # What the connection calls

    def feed(self, data: bytes) -> None:
        if len(self.start) < KEPT:
            self.start += data[: KEPT - len(self.start)]
        self._hash.update(data)
        self.size += len(data)
        if self.size >= self._enough:
            self._came.set()

    def finish(self) -> None:
        self.whole = True
        self._came.set()
