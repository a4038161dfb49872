"""Which runs get a slot now, and where: pure functions over what the database holds.

Slots are counted for each model on a server, as Ollama's OLLAMA_NUM_PARALLEL does. What a server
can hold in memory is limited too: a model that is not there takes the place of another, which
costs seconds to minutes and everybody's prefix cache. So while people wait for both, the model in
memory goes first for a minute; then nothing more is started for it until the other had its turn.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from inference.fairness import Line, Share

# How long a model in memory goes before one that would take its place.
TURN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run in the queue."""

    id: UUID
    who: UUID | None
    model: str
    queued_at: datetime
    not_before: datetime | None = None
    background: bool = False
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """A run that holds a slot."""

    server: UUID
    model: str
    who: UUID | None
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Machine:
    """A server that answers."""

    id: UUID
    slots: int
    resident: int  # models that it can hold at once
    # Name → weights: names for the same weights share memory and slots.
    models: dict[str, str]
    loaded: frozenset[str]  # weights, as the catalogue saw it
    changed_to: str = ""  # weights that the last change brought in
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A slot on a server."""

    server: UUID
    loads: bool  # the model is not in memory yet


@dataclass(frozen=True, slots=True)
class Pick:
    run: Waiting
    seat: Seat


class Room:
    """The slots and the memory of one server, as runs take them."""

    def __init__(self, machine: Machine, running: Iterable[Running], now: datetime) -> None:
        self.machine = machine
        self.taken = Counter(
            machine.models.get(run.model, run.model) for run in running if run.server == machine.id
        )
        self.memory = set(self.taken)
        # The catalogue looks seldom: for a while we know better what was loaded last.
        if machine.changed_at is not None and now - machine.changed_at < TURN:
            self.memory.add(machine.changed_to)
        self.memory.discard("")
        self.resident = max(machine.resident, 1)
        for weights in sorted(machine.loaded - self.memory):
            if len(self.memory) < self.resident:
                self.memory.add(weights)
        # Weights that nothing may be started beside until they had their turn.
        self.making_room_for = ""

    @property
    def is_full(self) -> bool:
        """Whether loading another model would push one out."""
        return len(self.memory) >= self.resident

    @property
    def load(self) -> int:
        return self.taken.total()

    def has(self, model: str) -> bool:
        return model in self.machine.models

    def in_memory(self, model: str) -> bool:
        return self.machine.models[model] in self.memory

    def has_slot(self, model: str) -> bool:
        return self.taken[self.machine.models[model]] < self.machine.slots

    def can_load(self) -> bool:
        """Whether there is memory that no running run needs."""
        return not self.is_full or len(+self.taken) < self.resident

    def take(self, model: str) -> Seat:
        weights = self.machine.models[model]
        loads = weights not in self.memory
        if loads and self.is_full:
            idle = sorted(self.memory - set(+self.taken))
            self.memory.difference_update(idle[: len(self.memory) - self.resident + 1])
        self.memory.add(weights)
        self.taken[weights] += 1
        if self.making_room_for == weights:
            self.making_room_for = ""
        return Seat(self.machine.id, loads)


class Board:
    """All servers, and what is wanted of them."""

    def __init__(
        self,
        machines: Iterable[Machine],
        running: Iterable[Running],
        waiting: Iterable[Waiting],
        now: datetime,
    ) -> None:
        self.now = now
        running = list(running)
        self.rooms = [Room(machine, running, now) for machine in machines]
        people = [run for run in waiting if not run.background]
        # Since when somebody waits for a model: those who may be served now, and all.
        self.wanted_since = _oldest(run for run in people if _is_due(run, now))
        self.waited_for = set(_oldest(people))
        self._seatless: set[tuple[str, bool]] = set()
        for room in self.rooms:
            room.making_room_for = self._forced(room)

    def seat_for(self, run: Waiting) -> Seat | None:
        """Takes the best slot for a run: where its model is in memory, then where least runs."""
        if not _is_due(run, self.now):
            return None
        sort = (run.model, run.background)
        if sort in self._seatless:
            return None
        rooms = [room for room in self.rooms if self._may_start(room, run)]
        if not rooms:
            self._seatless.add(sort)
            return None
        best = min(rooms, key=lambda room: (not room.in_memory(run.model), room.load))
        return best.take(run.model)

    def waits_for_change(self, model: str) -> str:
        """The model that is being changed to while people wait for `model`; "" if none is."""
        rooms = [room for room in self.rooms if room.has(model)]
        holding = [room for room in rooms if room.in_memory(model)]
        if holding:
            if all(room.making_room_for for room in holding):
                return self._name(holding[0], holding[0].making_room_for)
            return ""
        if not rooms or any(self._may_change(room, model) for room in rooms):
            return ""
        return model

    def forced_at(self, model: str) -> datetime | None:
        """When a change to `model` is forced at the latest; None if it needs none."""
        if self.waits_for_change(model) != model or model not in self.wanted_since:
            return None
        return min(self._turn_ends(room, model) for room in self.rooms if room.has(model))

    def _may_start(self, room: Room, run: Waiting) -> bool:
        if not room.has(run.model) or not room.has_slot(run.model):
            return False
        if run.background and any(room.has(model) for model in self.waited_for):
            return False
        weights = room.machine.models[run.model]
        if room.making_room_for and room.making_room_for != weights:
            return False
        return room.in_memory(run.model) or (room.can_load() and self._may_change(room, run.model))

    def _may_change(self, room: Room, model: str) -> bool:
        """Whether `model` may be loaded now, if need be in place of another."""
        if not room.is_full or room.making_room_for == room.machine.models[model]:
            return True
        return not room.making_room_for and len(self._in_demand(room)) < room.resident

    def _in_demand(self, room: Room) -> set[str]:
        """The weights in memory that people use or wait for."""
        wanted = {room.machine.models[name] for name in self.wanted_since if room.has(name)}
        return {weights for weights in room.memory if room.taken[weights] or weights in wanted}

    def _forced(self, room: Room) -> str:
        """The weights to make room for: those longest waited for, after the others' turn."""
        if not room.is_full:
            return ""
        for name in sorted(self.wanted_since, key=lambda name: (self.wanted_since[name], name)):
            if not room.has(name) or self._held_anywhere(name):
                continue
            if self._turn_ends(room, name) <= self.now:
                return room.machine.models[name]
        return ""

    def _held_anywhere(self, model: str) -> bool:
        return any(room.has(model) and room.in_memory(model) for room in self.rooms)

    def _turn_ends(self, room: Room, model: str) -> datetime:
        since = self.wanted_since[model]
        return max(room.machine.changed_at or since, since) + TURN

    @staticmethod
    def _name(room: Room, weights: str) -> str:
        return next((name for name, its in room.machine.models.items() if its == weights), "")


def choose(board: Board, waiting: list[Waiting], shares: dict[Hashable, Share]) -> list[Pick]:
    """The runs that get a slot now, in the order of their turn: people's, then background runs."""
    picks = []
    for background in (False, True):
        runs = [run for run in waiting if run.background is background]
        line = Line(runs, shares, board.now)
        while turn := line.take(board.seat_for):
            picks.append(Pick(*turn))
        if not background:
            served = {pick.run.id for pick in picks}
            board.waited_for = {run.model for run in runs if run.id not in served}
    return picks


def _is_due(run: Waiting, now: datetime) -> bool:
    return run.not_before is None or run.not_before <= now


def _oldest(runs: Iterable[Waiting]) -> dict[str, datetime]:
    since: dict[str, datetime] = {}
    for run in runs:
        since[run.model] = min(since.get(run.model, run.queued_at), run.queued_at)
    return since
