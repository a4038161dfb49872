from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import IntegerField, UUIDField

from accounts.prepared import PreparedUpdate
from inference import outcomes
from inference.models import Job, Model, Run, Server
from inference.models.piece import Written
from inference.ollama import Usage

# Seconds before a run that found its server busy or away is tried again, longest.
LONGEST_PAUSE = 30


def finish(
    run_id: UUID,
    epoch: int,
    status: Run.Status,
    *,
    now: datetime,
    start: int | None = None,
    thinking: str = "",
    text: str = "",
    tool_calls: list[dict[str, Any]] | None = None,
    done_reason: str = "",
    usage: Usage | None = None,
    error_kind: str = "",
    error: str = "",
) -> Run | None:
    """Brings a running run to its terminal state, with the last it wrote.

    That starts at offset `start`, or where the saved text ends. Returns the run, or None where it
    was not the caller's any more: nothing is written then. run_ended is sent in the transaction.
    """
    with transaction.atomic():
        mine = _finished.run(
            run_id=run_id,
            its_epoch=epoch,
            status=status,
            ended_at=now,
            lease_until=None,
            tool_calls=tool_calls or [],
            done_reason=done_reason,
            error_kind=error_kind,
            error=error,
            **(asdict(usage) if usage is not None else dict.fromkeys(_COUNTS)),
        )
        if not mine:
            return None
        run = Run.objects.close(run_id, now=now, start=start, last=Written(thinking, text))
    if usage is not None:
        Model.objects.learn(run)
    return run


_COUNTS = tuple(count.name for count in fields(Usage))
_finished = PreparedUpdate(
    lambda run_id, its_epoch: Run.objects.running().filter(pk=run_id, epoch=its_epoch),
    (
        "status",
        "ended_at",
        "lease_until",
        "tool_calls",
        "done_reason",
        "error_kind",
        "error",
        *_COUNTS,
    ),
    run_id=UUIDField(),
    its_epoch=IntegerField(),
)


def put_back(
    run_id: UUID,
    epoch: int,
    *,
    now: datetime,
    error: str = "",
    busy: bool = False,
    at_once: bool = False,
) -> bool:
    """Lets a run that has written nothing wait again, in its old place in the line.

    `error` says what its server did: that one is left alone for a while, longer each time unless it
    was only `busy`. Where another server takes runs for the model it may go there at once, as with
    `at_once`; else it is tried again after 1, 2, 4 … 30 s. It is stopped where somebody asked for
    that. False if it was not the caller's any more, or has begun to write: what was begun is never
    silently redone.
    """
    if error:
        _let_rest(run_id, epoch, now, grows=not busy)
    with transaction.atomic():
        mine = Run.objects.running().filter(epoch=epoch, offset=0, first_token_at=None)
        run = mine.select_for_update(no_key=True).filter(pk=run_id).first()
        if run is None:
            return False
        if run.stop_requested:
            return mine.end(run_id, Run.Status.STOPPED, now=now) is not None
        pause = timedelta(seconds=min(2 ** (run.attempts - 1), LONGEST_PAUSE))
        Run.objects.filter(pk=run_id).update(
            status=Run.Status.QUEUED,
            not_before=None if at_once or (error and _has_another(run, now)) else now + pause,
            lease_until=now + Run.LEASE if run.purpose == Run.Purpose.API else None,
            owner="",
            server=None,
            started_at=None,
            error=error,
        )
    return True


def go_elsewhere(run_id: UUID, epoch: int, *, now: datetime) -> bool:
    """Puts back a run whose server says that it does not have the model any more.

    False, and nothing is changed, where no other server has it.
    """
    run = Run.objects.running().filter(epoch=epoch, pk=run_id).first()
    if run is None or not _has_another(run, now):
        return False
    Model.objects.filter(server=run.server_id, name=run.model_name).update(present=False)
    return put_back(run_id, epoch, now=now, at_once=True)


def keep_waiting(run_ids: Collection[UUID], now: datetime) -> None:
    """Says that the clients of these API runs still wait; needed within each `Run.LEASE`."""
    Run.objects.waiting().filter(pk__in=run_ids, purpose=Run.Purpose.API).update(
        lease_until=now + Run.LEASE
    )


def reap(now: datetime) -> list[Run]:
    """Ends the runs whose owner has not renewed its lease, with what they wrote; jobs likewise.

    API runs whose client left the line go too. Returns the runs.
    """
    Job.objects.reap(now)
    lapsed = Run.objects.open().filter(lease_until__lt=now)
    ended = []
    for run in lapsed.only("pk", "model_name"):
        end = outcomes.ended_by("restart", run.model_name)
        # `lapsed` is asked again in there: its owner may have renewed it.
        done = lapsed.end(
            run.pk,
            Run.Status.INTERRUPTED,
            now=now,
            error_kind=end.error_kind,
            error=end.error,
        )
        if done is not None:
            ended.append(done)
    return ended


def fail_missing(now: datetime) -> list[Run]:
    """Ends the waiting runs whose model is on no server any more, or may not be run."""
    there = Model.objects.runnable().values("name")
    missing = Run.objects.waiting().exclude(model_name__in=there)
    ended = []
    for run in missing.only("pk", "model_name"):
        end = outcomes.ended_by("model_missing", run.model_name)
        done = missing.end(
            run.pk, Run.Status.FAILED, now=now, error_kind=end.error_kind, error=end.error
        )
        if done is not None:
            ended.append(done)
    return ended


def _let_rest(run_id: UUID, epoch: int, now: datetime, *, grows: bool) -> None:
    # Before the run is locked: who removes a server locks that first and then its runs.
    mine = Run.objects.running().filter(pk=run_id, epoch=epoch)
    for server_id, since in mine.values_list("server_id", "started_at"):
        if server_id is not None and since is not None:
            Server.objects.rest(server_id, since=since, now=now, grows=grows)


def _has_another(run: Run, now: datetime) -> bool:
    """Whether a server other than the run's takes runs for its model."""
    others = Server.objects.taking_runs(now).exclude(pk__in=filter(None, [run.server_id]))
    return Model.objects.runnable().filter(name=run.model_name, server__in=others).exists()
