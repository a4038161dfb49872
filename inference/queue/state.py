"""Reads what choosing needs out of the database, in four queries."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, DateTimeField, F, Q, UUIDField
from django.db.models.functions import Coalesce

from accounts.prepared import Prepared, PreparedRows
from inference.fairness import AT_LEAST, Share, slot_seconds
from inference.models import Model, Run, Server, SlotTime
from inference.models.model import remote_allowed
from inference.queue.choosing import Board, Machine, Running, Waiting


@dataclass(frozen=True)
class State:
    """The queue at one moment."""

    board: Board
    waiting: list[Waiting]
    running: list[Running]
    shares: dict[Hashable, Share]


def read(now: datetime, *, lock: bool = False) -> State:
    """The queue as it is; with `lock` nobody else can hand out slots until the transaction ends."""
    machines = _machines((_locked_servers if lock else _servers).each(now=now), now)
    waiting = [Waiting(*row) for row in _waiting.each(now=now)]
    running = [Running(*row) for row in _running.each()]
    shares = _shares({run.who for run in waiting}, running, now)
    return State(Board(machines, running, waiting, now), waiting, running, shares)


def some_slot_is_free(models: set[str], now: datetime) -> bool:
    """Whether one of these models has a slot that no run holds, on a server that takes runs."""
    if not models:
        return False
    taken = {(server, name): count for server, name, count in _taken.each()}
    return any(
        name in models and taken.get((server, name), 0) < slots
        for server, name, slots in _seats.each(now=now)
    )


# Asked at each question that comes and at each answer that ends: composed once.
_WHO = Coalesce(F("person_id"), F("key_id"))
_servers = Prepared(lambda now: Server.objects.taking_runs(now).order_by("pk"), now=DateTimeField())
_locked_servers = Prepared(
    lambda now: Server.objects.taking_runs(now).order_by("pk").select_for_update(no_key=True),
    now=DateTimeField(),
)
_models = PreparedRows(
    lambda: Model.objects.runnable().values_list(
        "server_id", "name", "digest", "loaded", "expires_at"
    ),
    under=remote_allowed,
)
_waiting = PreparedRows(
    lambda now: (
        Run.objects.waiting()
        # An API run whose client is gone.
        .filter(Q(lease_until=None) | Q(lease_until__gte=now))
        .order_by("queued_at", "pk")
        .values_list("pk", _WHO, "model_name", "queued_at", "not_before", "background", "purpose")
    ),
    now=DateTimeField(),
)
_running = PreparedRows(
    lambda: (
        Run.objects.running()
        .exclude(server=None)
        .values_list("server_id", "model_name", _WHO, "started_at")
    )
)
_taken = PreparedRows(
    lambda: Run.objects.running().values_list("server_id", "model_name").annotate(Count("pk"))
)
_seats = PreparedRows(
    lambda now: (
        Model.objects.runnable()
        .filter(server__in=Server.objects.taking_runs(now))
        .values_list("server_id", "name", "server__slots")
    ),
    under=remote_allowed,
    now=DateTimeField(),
)
_had = Prepared(lambda who: SlotTime.objects.filter(who=who), who=UUIDField())
# Of so few people the slot time is read one by one.
FEW = 8


def _machines(rows: list[Server], now: datetime) -> list[Machine]:
    names: dict[UUID, dict[str, str]] = {}
    loaded: dict[UUID, set[str]] = {}
    for server, name, digest, is_loaded, expires_at in _models.each():
        weights = digest or name
        names.setdefault(server, {})[name] = weights
        if is_loaded and (expires_at is None or expires_at > now):
            loaded.setdefault(server, set()).add(weights)
    return [
        Machine(
            id=server.pk,
            slots=server.slots,
            resident=server.resident,
            models=names.get(server.pk, {}),
            loaded=frozenset(loaded.get(server.pk, ())),
            changed_to=server.changed_to,
            changed_at=server.changed_at,
        )
        for server in rows
    ]


def _shares(
    people: set[UUID | None], running: list[Running], now: datetime
) -> dict[Hashable, Share]:
    held: dict[Hashable, list[datetime]] = {}
    for run in running:
        held.setdefault(run.who, []).append(run.started_at)
    known = people - {None}
    if len(known) <= FEW:
        had = {who: row for who in known for row in _had.each(who=who)}
    else:
        had = {row.who: row for row in SlotTime.objects.filter(who__in=known)}
    shares: dict[Hashable, Share] = {}
    for who in people:
        row, starts = had.get(who) if who else None, held.get(who, [])
        seconds = row.at(now) if row else 0.0
        seconds += sum(max(slot_seconds(start, now), AT_LEAST) for start in starts)
        turns = [*starts, *([row.as_of] if row else [])]
        shares[who] = Share(seconds, max(turns, default=None))
    return shares
