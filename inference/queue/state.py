"""Reads what choosing needs out of the database, in four queries."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from inference.fairness import AT_LEAST, Share, slot_seconds
from inference.models import Model, Run, Server, SlotTime
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
    servers = Server.objects.taking_runs(now).order_by("pk")
    if lock:
        servers = servers.select_for_update(no_key=True)
    machines = _machines(servers, now)
    waiting = [
        Waiting(*row)
        for row in Run.objects.waiting()
        # An API run whose client is gone.
        .filter(Q(lease_until=None) | Q(lease_until__gte=now))
        .order_by("queued_at", "pk")
        .values_list("pk", _WHO, "model_name", "queued_at", "not_before", "background", "purpose")
    ]
    running = [
        Running(*row)
        for row in Run.objects.running()
        .exclude(server=None)
        .values_list("server_id", "model_name", _WHO, "started_at")
    ]
    shares = _shares({run.who for run in waiting}, running, now)
    return State(Board(machines, running, waiting, now), waiting, running, shares)


def some_slot_is_free(models: set[str], now: datetime) -> bool:
    """Whether one of these models has a slot that no run holds, on a server that takes runs."""
    if not models:
        return False
    held = Run.objects.running().filter(model_name__in=models)
    taken = {
        (server, name): count
        for server, name, count in held.values_list("server_id", "model_name").annotate(Count("pk"))
    }
    takers = Server.objects.taking_runs(now)
    seats = Model.objects.runnable().filter(name__in=models, server__in=takers)
    return any(
        taken.get((server, name), 0) < slots
        for server, name, slots in seats.values_list("server_id", "name", "server__slots")
    )


_WHO = Coalesce(F("person_id"), F("key_id"))


def _machines(servers: QuerySet[Server], now: datetime) -> list[Machine]:
    names: dict[UUID, dict[str, str]] = {}
    loaded: dict[UUID, set[str]] = {}
    rows = list(servers)
    models = Model.objects.runnable().filter(server__in=[server.pk for server in rows])
    for server, name, digest, is_loaded, expires_at in models.values_list(
        "server_id", "name", "digest", "loaded", "expires_at"
    ):
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
    had = {row.who: row for row in SlotTime.objects.filter(who__in=people - {None})}
    shares: dict[Hashable, Share] = {}
    for who in people:
        row, starts = had.get(who) if who else None, held.get(who, [])
        seconds = row.at(now) if row else 0.0
        seconds += sum(max(slot_seconds(start, now), AT_LEAST) for start in starts)
        turns = [*starts, *([row.as_of] if row else [])]
        shares[who] = Share(seconds, max(turns, default=None))
    return shares
