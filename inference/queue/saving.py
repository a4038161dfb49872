from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import UUIDField

from accounts.prepared import PreparedUpdate
from inference.models import Run, RunPiece
from inference.models.piece import Written


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run wrote since it was last saved; both texts may be empty."""

    run_id: UUID
    epoch: int
    # Code points of thinking and text that were saved before: where this piece starts. Saving a
    # piece again from the same start, also a longer one, takes the place of the first.
    start: int
    thinking: str = ""
    text: str = ""
    # Given once, with the first piece.
    first_token_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """Of the runs that were given: those still the owner's, and of these the ones to stop."""

    kept: set[UUID]
    stop: set[UUID]


def save(owner: str, progress: Iterable[Progress], now: datetime) -> Saved:
    """Appends what the owner's running runs wrote and renews their leases, in one transaction.

    What is missing in `kept` was lost: it ended, or was given to another. Nothing of it is saved.
    It may be called again where nobody knows whether the first call reached the disk.
    """
    news = {piece.run_id: piece for piece in progress}
    if not news:
        return Saved(set(), set())
    with transaction.atomic():
        saved = _renew(owner, list(news.values()), now)
        kept = [news[run_id] for run_id in saved.kept]
        for piece in kept:
            if piece.first_token_at is not None:
                _first_token.run(pk=piece.run_id, first_token_at=piece.first_token_at)
        RunPiece.objects.put(
            [
                (piece.run_id, piece.start, Written(piece.thinking, piece.text))
                for piece in kept
                if piece.thinking or piece.text
            ]
        )
    return saved


_first_token = PreparedUpdate(
    lambda pk: Run.objects.filter(pk=pk, first_token_at=None),
    ("first_token_at",),
    pk=UUIDField(),
)


def _renew(owner: str, news: list[Progress], now: datetime) -> Saved:
    """One statement for all runs: each of them is guarded by (id, epoch, owner, running)."""
    key = Run._meta.pk
    rows = ", ".join(["(%s, %s, %s)"] * len(news))
    sql = f"""
        UPDATE inference_run
        SET lease_until = %s, "offset" = CAST(fresh.column3 AS integer)
        FROM (VALUES {rows}) AS fresh
        WHERE id = CAST(fresh.column1 AS {key.db_type(connection)})
          AND epoch = CAST(fresh.column2 AS integer) AND status = %s AND owner = %s
        RETURNING id, stop_requested
    """  # noqa: S608  only the number of rows and a type of ours go in
    parameters: list[Any] = [connection.ops.adapt_datetimefield_value(now + Run.LEASE)]
    for piece in news:
        parameters.append(key.get_db_prep_value(piece.run_id, connection))
        parameters.append(piece.epoch)
        parameters.append(piece.start + len(piece.thinking) + len(piece.text))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, Run.Status.RUNNING.value, owner])
        found = {key.to_python(run_id): bool(stop) for run_id, stop in cursor.fetchall()}
    return Saved(set(found), {run_id for run_id, stop in found.items() if stop})
