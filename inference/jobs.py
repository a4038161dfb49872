"""Jobs: which kinds there are, and how a worker renews and ends one in the database.

Every write is guarded by (id, epoch, running), so a worker that lost its lease changes nothing.
"""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from inference.models import Job
from inference.models.job import JobQuerySet
from inference.ollama import Client

LEASE = timedelta(seconds=10)


class JobFailed(Exception):
    """The job cannot be done, now or later: `kind` is a word that pages explain, `said` more."""

    def __init__(self, said: str = "", *, kind: str = "") -> None:
        self.said = said
        self.kind = kind
        super().__init__(said or kind)


class TryLater(JobFailed):
    """The job could not be done now."""


class NotYet(Exception):
    """Something has to happen first: the job goes back into the line, and this was no attempt."""

    def __init__(self, seconds: float = 1.0) -> None:
        self.seconds = seconds
        super().__init__(seconds)


@dataclass
class Work:
    """A job while it runs, as its handler sees it.

    The handler is cancelled when the job is, or when its lease is lost. It changes `progress` and
    adds to the log as it likes: both are saved twice a second, and a later attempt goes on from
    them.
    """

    job: Job
    # The client of the job's server; None for a job without one.
    client: Client | None
    now: Callable[[], datetime]
    progress: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    # Set by a handler that got further than before: the attempts are counted anew then.
    moved: bool = False

    def say(self, words: str, **values: Any) -> None:
        """Adds a line to the log: `words` is marked with gettext_noop and translated when read."""
        self.log.append(json.dumps([self.now().isoformat(), words, values], default=str))


Handler = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """What is done for a kind of job, and how it gets along with others."""

    handler: Handler
    attempts: int
    keep: bool
    in_line: bool
    alone: bool
    standing: bool


kinds: dict[str, Kind] = {}


def register(
    kind: str,
    handler: Handler,
    *,
    attempts: int = 3,
    keep: bool = True,
    in_line: bool = False,
    alone: bool = False,
    standing: bool = False,
) -> None:
    """Makes `handler` do the jobs of a kind.

    `attempts` bounds the tries of a job that raises TryLater. Where nobody wants to read of it
    once it is done, `keep=False` deletes the row then. Of those that wait `in_line` a server has
    settings.SERVER_JOBS at once. One that is `alone` does not run beside another on the same
    server that has a word of its subject, which is a model's name. Of a `standing` kind there is
    always one job in the queue; its handler raises NotYet for the next time.
    """
    kinds[kind] = Kind(handler, attempts, keep, in_line, alone, standing)


def submit_standing() -> None:
    """Submits a job of each standing kind that has none."""
    standing = {name for name, kind in kinds.items() if kind.standing}
    there = Job.objects.open().filter(kind__in=standing).values_list("kind", flat=True)
    for name in sorted(standing - set(there)):
        Job.objects.submit(name)


@dataclass(frozen=True)
class Renewal:
    """What a worker tells of a job that it works on."""

    id: UUID
    epoch: int
    progress: dict[str, Any]
    log: str
    # Whether the handler did something since the last renewal; else only the lease is renewed.
    changed: bool = True


def renew(renewals: Iterable[Renewal], now: datetime) -> set[UUID]:
    """Saves the progress and renews the leases; the ids of jobs to end: cancelled or lost."""
    ending = set()
    with transaction.atomic():  # one commit, and in one order, as rows are locked
        for renewal in sorted(renewals, key=lambda each: each.id):
            mine = _mine(renewal.id, renewal.epoch).filter(cancel_requested=False)
            changes: dict[str, Any] = {"lease_until": now + LEASE}
            if renewal.changed:
                changes |= {"progress": renewal.progress, "log": renewal.log}
            if not mine.update(**changes):
                ending.add(renewal.id)
    return ending


def end(
    job: Job, state: str, *, now: datetime, renewal: Renewal, kind: str = "", said: str = ""
) -> bool:
    """Writes the terminal state; False if the job was not ours any more."""
    mine = _mine(job.pk, job.epoch)
    if state == Job.State.DONE and not kinds[job.kind].keep:
        return mine.delete()[0] > 0
    changes = {"progress": renewal.progress, "log": renewal.log, "error_kind": kind, "error": said}
    return mine.update(state=state, ended_at=now, lease_until=None, **changes) == 1


def put_back(
    job: Job,
    *,
    now: datetime,
    wait: timedelta,
    renewal: Renewal | None = None,
    attempts: int | None = None,
    kind: str = "",
    said: str = "",
) -> bool:
    """Lets the job wait for its next attempt, unless it is to be cancelled; False if not ours.

    `attempts` are those that count so far; left out, this one was no attempt.
    """
    changes: dict[str, Any] = {
        "state": Job.State.QUEUED,
        "not_before": now + wait,
        "lease_until": None,
        "owner": "",
        "attempts": job.attempts - 1 if attempts is None else attempts,
        "error_kind": kind,
        "error": said,
    }
    if renewal is not None:
        changes |= {"progress": renewal.progress, "log": renewal.log}
    mine = _mine(job.pk, job.epoch)
    if mine.filter(cancel_requested=False).update(**changes):
        return True
    cancelled = {"state": Job.State.CANCELLED, "ended_at": now, "lease_until": None}
    return mine.update(**cancelled) == 1


def _mine(pk: UUID, epoch: int) -> JobQuerySet:
    return Job.objects.filter(pk=pk, epoch=epoch, state=Job.State.RUNNING)
