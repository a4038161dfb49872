"""How slot time counts, and whose turn is next: pure functions, no database.

Among people who wait, the one who has had the fewest slot-seconds of late is next, then the one
whose run is oldest. Slot-seconds halve every ten minutes, and runs in progress count.
"""

import heapq
import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

HALF_LIFE = 600.0  # seconds after which slot time counts half
# A run that has just begun counts for this many seconds, so that of twenty sent at one instant the
# second one already knows of the first.
AT_LEAST = 1.0
# Decimals of slot-seconds that make a difference: what was long ago fades, but never to nothing.
DECIMALS = 2
# Seconds without a turn after which somebody goes before all others, however much they have had:
# new people who come without end shall not keep anybody waiting without end.
PATIENCE = 600.0


def decayed(seconds: float, age: float) -> float:
    """What slot time that was worth `seconds` is worth `age` seconds later."""
    return seconds * math.exp2(-max(age, 0.0) / HALF_LIFE)


def slot_seconds(started: datetime, until: datetime) -> float:
    """What a slot that was held from `started` to `until` is worth at `until`.

    Its first seconds already count less than its last: an answer of ten minutes is worth 433 s.
    """
    held = max((until - started).total_seconds(), 0.0)
    return (1.0 - decayed(1.0, held)) * HALF_LIFE / math.log(2)


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody has had: slot-seconds of late, and when they last had a slot."""

    seconds: float = 0.0
    last_turn: datetime | None = None


NOTHING = Share()


class InLine(Protocol):
    """What waits: whose it is (None: nobody's, which is one person too) and since when."""

    @property
    def who(self) -> Hashable: ...
    @property
    def queued_at(self) -> datetime: ...


Run = TypeVar("Run", bound=InLine)
Seat = TypeVar("Seat")
# Whether somebody is overdue (0) or not (1), what decides among these, the oldest run's time.
_Turn = tuple[int, float, float]


class Line(Generic[Run]):
    """Runs that wait, in the order in which they are served.

    `charge` is what each run counts, in slot-seconds, once it was taken.
    """

    def __init__(
        self,
        waiting: Iterable[Run],
        shares: dict[Hashable, Share],
        now: datetime,
        *,
        charge: float = AT_LEAST,
    ) -> None:
        self._now = now
        self._charge = charge
        self._runs: dict[Hashable, list[Run]] = {}
        for run in sorted(waiting, key=lambda run: run.queued_at):
            self._runs.setdefault(run.who, []).append(run)
        self._seconds = {who: shares.get(who, NOTHING).seconds for who in self._runs}
        self._last = {who: shares.get(who, NOTHING).last_turn for who in self._runs}
        # The number keeps the heap from comparing people, and equals in the order they came.
        self._numbers = {who: number for number, who in enumerate(self._runs)}
        self._heap = [(self._turn(who), self._numbers[who], who) for who in self._runs]
        heapq.heapify(self._heap)

    def take(self, seat_for: Callable[[Run], Seat | None]) -> tuple[Run, Seat] | None:
        """The next run that has a seat, with that seat; None when nobody has one.

        A run that `seat_for` once found no seat for must find none later either: who has no run
        with a seat leaves the line.
        """
        while self._heap:
            _, number, who = heapq.heappop(self._heap)
            runs = self._runs[who]
            for index, run in enumerate(runs):
                seat = seat_for(run)
                if seat is None:
                    continue
                del runs[index]
                self._seconds[who] += self._charge
                self._last[who] = self._now
                if runs:
                    heapq.heappush(self._heap, (self._turn(who), number, who))
                return run, seat
        return None

    def _turn(self, who: Hashable) -> _Turn:
        oldest = self._runs[who][0].queued_at
        since = max(oldest, self._last[who] or oldest)
        if (self._now - since).total_seconds() >= PATIENCE:
            return 0, since.timestamp(), 0.0
        return 1, round(self._seconds[who], DECIMALS), oldest.timestamp()


def order(
    waiting: Iterable[Run], shares: dict[Hashable, Share], now: datetime, *, charge: float
) -> list[Run]:
    """All that wait, as they will be served if each takes `charge` seconds and nobody comes."""
    line = Line(waiting, shares, now, charge=charge)
    taken = []
    while turn := line.take(lambda _: True):
        taken.append(turn[0])
    return taken
