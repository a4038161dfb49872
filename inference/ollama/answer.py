"""The answer of a chat or a generation while it comes."""

from collections.abc import Callable
from typing import Any, Self

from .errors import Interrupted, OllamaError
from .exchange import Exchange
from .lines import JsonLines, parse_object
from .results import Piece


class Answer:
    """Batches of pieces: `async with answer as batches: async for pieces in batches: …`.

    A batch holds all lines that one read brought. The first text is never held back; then reads
    come at a pace. Every failure is raised out of the `async for`, after the pieces before it, and
    an end without `done` is one. Leaving the context closes the connection at once.
    """

    def __init__(self, exchange: Exchange, parse: Callable[[dict[str, Any]], Piece]) -> None:
        self._exchange = exchange
        self._parse = parse
        self._lines = JsonLines()
        self._began = False  # a piece has come
        self._flowing = False  # text has come, and reads are slowed down
        self._done = False
        self._error: OllamaError | None = None

    async def __aenter__(self) -> Self:
        await self._exchange.__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._exchange.__aexit__(*exception)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[Piece]:
        while not self._done:
            if self._error:
                raise self._error
            pieces = await self._next()
            if pieces:
                return pieces
        raise StopAsyncIteration

    async def _next(self) -> list[Piece]:
        """The pieces of the next read, perhaps none; what ended them is kept for the next call."""
        pieces: list[Piece] = []
        try:
            data = await self._exchange.read()
            for line in self._lines.feed(data) if data else self._lines.end():
                piece = self._parse(parse_object(line))
                pieces.append(piece)
                if piece.done:
                    self._done = True
                    break
            if not data and not self._done:
                raise Interrupted("the answer ended before it was done")
        except OllamaError as error:
            self._error = error
        self._began = self._began or bool(pieces)
        if self._error:
            self._error.before_first_byte = not self._began
        if not self._flowing and any(p.content or p.thinking or p.tool_calls for p in pieces):
            self._flowing = True
            self._exchange.slow_down()
        return pieces
