"""An answer that comes as lines of JSON, given out in batches while it comes."""

from typing import Generic, Self, TypeVar

from .errors import Interrupted, OllamaError
from .exchange import Exchange
from .lines import JsonLines

T = TypeVar("T")


class Batches(Generic[T]):
    """`async with answer as batches: async for batch in batches: …`, a list for each read.

    Every failure is raised out of the `async for`, after what came before it, and an end that is
    not a good one is a failure. Leaving the context closes the connection at once.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._lines = JsonLines()
        self._began = False  # something has come
        self._done = False
        self._error: OllamaError | None = None

    async def __aenter__(self) -> Self:
        await self._exchange.__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._exchange.__aexit__(*exception)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        while not self._done:
            if self._error:
                raise self._error
            batch = await self._next()
            if batch:
                return batch
        raise StopAsyncIteration

    async def _next(self) -> list[T]:
        """What the next read brings, perhaps nothing; what ended it is kept for the next call."""
        batch: list[T] = []
        try:
            data = await self._exchange.read()
            self._take(self._lines.feed(data) if data else self._lines.end(), batch)
            if not data and not self._done:
                self._end()
        except OllamaError as error:
            self._error = error
        self._began = self._began or bool(batch)
        if self._error:
            self._error.before_first_byte = not self._began
        return batch

    def _take(self, lines: list[bytes], batch: list[T]) -> None:
        """Puts what the lines mean into `batch`, and sets `_done` where nothing more is due."""
        raise NotImplementedError

    def _end(self) -> None:
        """Sets `_done` if an end is due, now that no more bytes come."""
        raise Interrupted("the answer ended before it was done")
