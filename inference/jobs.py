"""Jobs: which kinds there are, and how a worker takes, renews and ends one in the database.

Every write is guarded by (id, epoch, running), so a worker that lost its lease changes nothing.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from inference.models import Job
from inference.models.job import JobQuerySet
from inference.ollama import Client

LEASE = timedelta(seconds=10)


class JobFailed(Exception):
    """The job cannot be done, now or later; the text says to a person why."""


class TryLater(Exception):
    """The job could not be done now; the text says to a person why."""


@dataclass
class Work:
    """A job while it runs, as its handler sees it.

    The handler is cancelled when the job is, or when its lease is lost. It changes `progress` and
    adds to `log` as it likes: both are saved twice a second.
    """

    job: Job
    # The client of the job's server; None for a job without one.
    client: Client | None
    now: Callable[[], datetime]
    progress: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


Handler = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """What is done for a kind of job, how often it is tried, and whether its row is kept."""

    handler: Handler
    attempts: int
    keep: bool


kinds: dict[str, Kind] = {}


def register(kind: str, handler: Handler, *, attempts: int = 3, keep: bool = True) -> None:
    """Makes `handler` do the jobs of a kind.

    `attempts` bounds the tries of a job that raises TryLater. Where nobody wants to read of it
    once it is done, `keep=False` deletes the row then.
    """
    kinds[kind] = Kind(handler, attempts, keep)


def claim(owner: str, now: datetime, *, limit: int) -> list[Job]:
    """Takes at most `limit` jobs that are due, the oldest first."""
    due = Job.objects.filter(Q(not_before=None) | Q(not_before__lte=now), kind__in=kinds)
    waiting = due.filter(state=Job.State.QUEUED).select_related("server")
    claimed = []
    for job in waiting.order_by("created_at")[:limit]:
        mine = Job.objects.filter(pk=job.pk, epoch=job.epoch, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING,
            owner=owner,
            epoch=job.epoch + 1,
            attempts=job.attempts + 1,
            lease_until=now + LEASE,
            started_at=job.started_at or now,
        )
        if mine:
            job.epoch += 1
            job.attempts += 1
            claimed.append(job)
    return claimed


@dataclass(frozen=True)
class Renewal:
    """What a worker tells of a job that it works on."""

    id: UUID
    epoch: int
    progress: dict[str, Any]
    log: str


def renew(renewals: Iterable[Renewal], now: datetime) -> set[UUID]:
    """Saves the progress and renews the leases; the ids of jobs to end: cancelled or lost."""
    ending = set()
    for renewal in renewals:
        mine = _mine(renewal.id, renewal.epoch).filter(cancel_requested=False)
        kept = mine.update(progress=renewal.progress, log=renewal.log, lease_until=now + LEASE)
        if not kept:
            ending.add(renewal.id)
    return ending


def end(job: Job, state: str, *, now: datetime, renewal: Renewal, error: str = "") -> bool:
    """Writes the terminal state; False if the job was not ours any more."""
    mine = _mine(job.pk, job.epoch)
    if state == Job.State.DONE and not kinds[job.kind].keep:
        return mine.delete()[0] > 0
    changes = {"progress": renewal.progress, "log": renewal.log, "error": error}
    return mine.update(state=state, ended_at=now, lease_until=None, **changes) == 1


def put_back(job: Job, *, now: datetime, wait: timedelta, error: str = "") -> bool:
    """Lets the job wait for its next attempt; False if it was not ours any more.

    Without an error it was not the job's fault, and the attempt does not count.
    """
    changes = {
        "state": Job.State.QUEUED,
        "not_before": now + wait,
        "lease_until": None,
        "owner": "",
    }
    attempts = job.attempts if error else job.attempts - 1
    return _mine(job.pk, job.epoch).update(attempts=attempts, error=error, **changes) == 1


def _mine(pk: UUID, epoch: int) -> JobQuerySet:
    return Job.objects.filter(pk=pk, epoch=epoch, state=Job.State.RUNNING)
