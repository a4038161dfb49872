from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from inference.models import Run, Server
from inference.queue import state
from inference.queue.choosing import Board, Pick, choose
from inference.signals import run_started


def claim(
    owner: str,
    now: datetime,
    *,
    purposes: Collection[str],
    only: Collection[UUID] | None = None,
    limit: int | None = None,
) -> list[Run]:
    """Takes the runs whose turn it is and that have a free slot, in one transaction.

    The choice is made among all that wait, whoever serves them: a run of another purpose (or not
    in `only`) whose turn it is keeps its slot for its own claimer. At most `limit` are taken. Each
    has its `server` now, and is the caller's until `now + Run.LEASE` unless `save` renews it.
    """
    ours = Run.objects.waiting().filter(purpose__in=purposes)
    if only is not None:
        ours = ours.filter(pk__in=only)
    # Most looks find nothing to do or no slot: they take no lock.
    if limit == 0:
        return []
    if not state.some_slot_is_free(set(ours.values_list("model_name", flat=True)), now):
        return []
    with transaction.atomic():
        found = state.read(now, lock=True)
        picks = [
            pick
            for pick in choose(found.board, found.waiting, found.shares)
            if pick.run.purpose in purposes and (only is None or pick.run.id in only)
        ][:limit]
        runs = _take(picks, owner, now)
        _note_changes(found.board, picks, now)
        for run in runs:
            run_started.send(sender=Run, run=run)
    return runs


def _take(picks: list[Pick], owner: str, now: datetime) -> list[Run]:
    by_server = defaultdict(list)
    for pick in picks:
        by_server[pick.seat.server].append(pick.run.id)
    for server, ids in by_server.items():
        # Conditional: one of them may have been stopped since it was read.
        Run.objects.waiting().filter(pk__in=ids).update(
            status=Run.Status.RUNNING,
            server=server,
            owner=owner,
            epoch=F("epoch") + 1,
            attempts=F("attempts") + 1,
            started_at=now,
            lease_until=now + Run.LEASE,
            not_before=None,
            error_kind="",
            error="",
        )
    places = {pick.run.id: place for place, pick in enumerate(picks)}
    mine = Run.objects.running().filter(pk__in=places, owner=owner).select_related("server")
    return sorted(mine, key=lambda run: places[run.pk])


def _note_changes(board: Board, picks: list[Pick], now: datetime) -> None:
    rooms = {room.machine.id: room for room in board.rooms}
    for pick in picks:
        if pick.seat.loads:
            weights = rooms[pick.seat.server].machine.models[pick.run.model]
            Server.objects.filter(pk=pick.seat.server).update(changed_to=weights, changed_at=now)
