"""The answer of a chat or a generation while it comes."""

from collections.abc import Callable
from typing import Any

from .batches import Batches
from .errors import EndedEarly
from .exchange import Exchange
from .lines import parse_object
from .results import Piece


class Answer(Batches[Piece]):
    """Batches of pieces; an end without `done` is a failure (see Batches).

    A batch holds all lines that one read brought. The first text is never held back; then reads
    come at a pace.
    """

    def __init__(self, exchange: Exchange, parse: Callable[[dict[str, Any]], Piece]) -> None:
        super().__init__(exchange)
        self._parse = parse
        self._flowing = False  # text has come, and reads are slowed down

    def _end(self) -> None:
        raise EndedEarly

    def _take(self, lines: list[bytes], batch: list[Piece]) -> None:
        for line in lines:
            piece = self._parse(parse_object(line))
            batch.append(piece)
            if piece.done:
                self._done = True
                break
        if not self._flowing and any(p.content or p.thinking or p.tool_calls for p in batch):
            self._flowing = True
            self._exchange.slow_down()
