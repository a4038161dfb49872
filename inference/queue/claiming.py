from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, UUIDField

from accounts.prepared import Prepared, PreparedRows, PreparedUpdate
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
    # Most looks find nothing to do or no slot: they take no lock.
    if limit == 0:
        return []
    wanted = {
        model
        for pk, purpose, model in _waiting.each()
        if purpose in purposes and (only is None or pk in only)
    }
    if not state.some_slot_is_free(wanted, now):
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
    runs = []
    for pick in picks:
        # Conditional: it may have been stopped since it was read.
        if _begun.run(
            pk=pick.run.id,
            server_id=pick.seat.server,
            owner=owner,
            started_at=now,
            lease_until=now + Run.LEASE,
        ):
            runs += _with_server.each(pk=pick.run.id)
    return runs


_waiting = PreparedRows(lambda: Run.objects.waiting().values_list("pk", "purpose", "model_name"))
_begun = PreparedUpdate(
    lambda pk: Run.objects.waiting().filter(pk=pk),
    ("server_id", "owner", "started_at", "lease_until"),
    always={
        "status": Run.Status.RUNNING,
        "epoch": F("epoch") + 1,
        "attempts": F("attempts") + 1,
        "not_before": None,
        "error_kind": "",
        "error": "",
    },
    pk=UUIDField(),
)
_with_server = Prepared(
    lambda pk: Run.objects.filter(pk=pk).select_related("server"), pk=UUIDField()
)


def _note_changes(board: Board, picks: list[Pick], now: datetime) -> None:
    rooms = {room.machine.id: room for room in board.rooms}
    for pick in picks:
        if pick.seat.loads:
            weights = rooms[pick.seat.server].machine.models[pick.run.model]
            Server.objects.filter(pk=pick.seat.server).update(changed_to=weights, changed_at=now)
