"""Which jobs a worker may take now: those that are due, as far as their server lets them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Q
from django.db.models.functions import Coalesce

from accounts.prepared import Parameter, PreparedRows
from inference import jobs
from inference.models import Job, Server
from inference.models.job import JobQuerySet

# Jobs in the line that are looked at; those behind them wait for a later look.
MOST_WAITING = 1000


@dataclass
class _Servers:
    """What runs on the servers: jobs of the line, and the names that others must leave alone."""

    in_line: Counter[UUID | None] = field(default_factory=Counter)
    names: set[tuple[UUID | None, str]] = field(default_factory=set)

    def take(self, job: Job) -> None:
        kind = jobs.kinds[job.kind]
        if kind.in_line:
            self.in_line[job.server_id] += 1
        if kind.alone:
            self.names |= _names(job)

    def may(self, job: Job) -> bool:
        kind = jobs.kinds[job.kind]
        if kind.in_line and self.in_line[job.server_id] >= settings.SERVER_JOBS:
            return False
        return not (kind.alone and _names(job) & self.names)


def claim(owner: str, now: datetime, *, short: int, long: int) -> list[Job]:
    """Takes jobs that are due and may run, the oldest first; at most so many of each.

    `long` are those of kinds that wait in a server's line, `short` all others.
    """
    if not jobs.kinds or not _some_due.each(now=now):  # most looks find nothing, and take no lock
        return []
    with transaction.atomic():
        waiting = list(_due(now).order_by("created_at")[:MOST_WAITING])
        # Two workers that look at once must not both take the last place of a server.
        servers = sorted({job.server_id for job in waiting if job.server_id is not None})
        list(Server.objects.select_for_update().filter(pk__in=servers).order_by("pk").only("pk"))
        taken = [job.pk for job in _pick(waiting, short, long) if _take(job, owner, now)]
        found = Job.objects.filter(pk__in=taken).select_related("server")
        return list(found.order_by("created_at"))


def _due(now: datetime | Parameter) -> JobQuerySet:
    due = Job.objects.filter(Q(not_before=None) | Q(not_before__lte=now))
    fitting = due.filter(kind__in=jobs.kinds, state=Job.State.QUEUED)
    return fitting.only("kind", "server_id", "subject", "epoch")


# Asked whenever a worker is woken, also for runs: composed once.
_some_due = PreparedRows(
    lambda now: _due(now).values_list("pk")[:1],
    under=lambda: tuple(jobs.kinds),
    now=DateTimeField(),
)


def _pick(waiting: list[Job], short: int, long: int) -> list[Job]:
    servers = _Servers()
    for job in Job.objects.filter(state=Job.State.RUNNING, kind__in=jobs.kinds).only(
        "kind", "server_id", "subject"
    ):
        servers.take(job)
    left = {False: short, True: long}
    picked = []
    for job in waiting:
        in_line = jobs.kinds[job.kind].in_line
        if left[in_line] and servers.may(job):
            left[in_line] -= 1
            servers.take(job)
            picked.append(job)
        elif jobs.kinds[job.kind].alone:
            servers.names |= _names(job)  # nobody who came later goes first
    return picked


def _take(job: Job, owner: str, now: datetime) -> bool:
    mine = Job.objects.filter(pk=job.pk, epoch=job.epoch, state=Job.State.QUEUED)
    taken = mine.update(
        state=Job.State.RUNNING,
        owner=owner,
        epoch=F("epoch") + 1,
        attempts=F("attempts") + 1,
        lease_until=now + jobs.LEASE,
        started_at=Coalesce(F("started_at"), now),
        error_kind="",
        error="",
    )
    return taken == 1


def _names(job: Job) -> set[tuple[UUID | None, str]]:
    return {(job.server_id, name) for name in job.subject.split()}
