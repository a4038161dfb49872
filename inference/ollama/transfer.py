"""The progress of a pull, a push or a create while it comes."""

from . import network
from .batches import Batches
from .exchange import Exchange
from .lines import parse_object
from .results import Progress, progress

_COUNT = b'"completed":'  # stands last in a line
PACE = 0.5  # seconds between two reads; pages are told once a second
# Bytes that one read brought, from which on the server may wait for us: it goes on at once with
# the pull only if somebody takes what it says of it.
MUCH = 32_000


class Transfer(Batches[Progress]):
    """Batches of progress; an end without success is a failure (see Batches).

    Of lines that one read brought and that differ in `completed` alone, only the last is given
    out. Success counts at the end of the stream only: the create of a model that is pulled first
    has one in its middle. Leaving before the end stops the work; a pull goes on from there later.
    """

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange)
        self._status = ""

    def _take(self, lines: list[bytes], batch: list[Progress]) -> None:
        for line in _latest(lines):
            batch.append(progress(parse_object(line)))
            self._status = batch[-1].status
        if lines:
            is_much = sum(map(len, lines)) >= MUCH
            self._exchange.slow_down(network.PACE if is_much else PACE)

    def _end(self) -> None:
        if self._status != "success":
            super()._end()
        self._done = True


def _latest(lines: list[bytes]) -> list[bytes]:
    """The lines without those that the next one only counts further."""
    found: list[bytes] = []
    last = None
    for line in lines:
        place = line.rfind(_COUNT)
        same_but_for_count = line[:place] if place >= 0 else line
        if same_but_for_count == last:
            found[-1] = line
        else:
            found.append(line)
            last = same_but_for_count
    return found
