import heapq
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inference.fairness import order
from inference.models import Run
from inference.queue import state
from inference.queue.choosing import Waiting
from inference.queue.state import State

# How many of a model's last answers say how long the next one takes.
RECENT = 25
# Seconds that a run is taken to last as long as no other of its model was measured.
UNMEASURED = 15.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run stands in the line for its model."""

    position: int  # 1 is next; 0 for a run that does not wait
    ahead: int
    seconds: float | None  # until it starts, about; None if nothing was measured
    waits_for: str = ""  # the model that a server is being changed to, "" if none
    reachable: bool = True  # a server that has the model answers


NOT_WAITING = Place(position=0, ahead=0, seconds=0.0)


def place(run: Run, now: datetime | None = None) -> Place:
    """Where `run` stands in the line."""
    now = now or timezone.now()
    if run.status != Run.Status.QUEUED:
        return NOT_WAITING
    return _places(state.read(now), [run.model_name], now).get(run.pk, NOT_WAITING)


def places(now: datetime | None = None) -> dict[UUID, Place]:
    """Where each run that waits stands in its line, by its id."""
    now = now or timezone.now()
    found = state.read(now)
    return _places(found, {run.model for run in found.waiting}, now)


def _places(found: State, models: Iterable[str], now: datetime) -> dict[UUID, Place]:
    by_id: dict[UUID, Place] = {}
    for model in models:
        usual = _usual_seconds(model)
        waits_for = found.board.waits_for_change(model)
        reachable = any(room.has(model) for room in found.board.rooms)
        line = _line(found, model, now, usual or UNMEASURED)
        starts = _starts(found, model, now, usual, len(line)) if usual else [None] * len(line)
        for ahead, (run, start) in enumerate(zip(line, starts, strict=True)):
            by_id[run.id] = Place(ahead + 1, ahead, start, waits_for, reachable)
    return by_id


def _line(found: State, model: str, now: datetime, usual: float) -> list[Waiting]:
    line: list[Waiting] = []
    for background in (False, True):
        runs = [run for run in found.waiting if run.model == model and run.background is background]
        line += order(runs, found.shares, now, charge=usual)
    return line


def _starts(
    found: State, model: str, now: datetime, usual: float, count: int
) -> list[float | None]:
    """Seconds until each of `count` runs in line starts, if each takes the usual time."""
    rooms = [room for room in found.board.rooms if room.has(model)]
    slots = sum(room.machine.slots for room in rooms if room.in_memory(model))
    slots = slots or max((room.machine.slots for room in rooms), default=1)
    forced_at = found.board.forced_at(model)
    change = max((forced_at - now).total_seconds(), 0.0) if forced_at else 0.0
    ages = [(now - run.started_at).total_seconds() for run in found.running if run.model == model]
    # One that takes longer than usual will take some more.
    free = sorted(max(usual - age, usual / 4) for age in ages)[:slots]
    free += [0.0] * (slots - len(free))
    heapq.heapify(free)
    starts: list[float | None] = []
    for _ in range(count):
        soonest = heapq.heappop(free)
        starts.append(change + soonest)
        heapq.heappush(free, soonest + usual)
    return starts


def _usual_seconds(model: str) -> float | None:
    """The median of what the model's last answers took, in seconds; None if there were none."""
    done = Run.objects.filter(model_name=model, status=Run.Status.DONE).order_by("-ended_at")
    times = done.values_list("started_at", "ended_at")[:RECENT]
    spans = [(ended - started).total_seconds() for started, ended in times if started and ended]
    return statistics.median(spans) if spans else None
