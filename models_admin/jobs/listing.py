"""Which jobs pages list, and whether a page shows those of now."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from inference.models import Job
from inference.models.job import JobQuerySet
from models_admin.jobs import kinds
from models_admin.jobs.shown import Shown

MOST_ENDED = 30


def on_models() -> JobQuerySet:
    """All jobs on models, with what is shown of them."""
    return Job.objects.filter(kind__in=kinds.ALL).select_related("server", "person")


def ended() -> JobQuerySet:
    """Those that have ended, the newest first."""
    there = Job.objects.filter(kind__in=kinds.ALL, ended_at__isnull=False)
    return there.order_by("-ended_at", "pk").defer("log")


def moving() -> JobQuerySet:
    """Those that have not, with what changes of them and no more; the oldest first."""
    there = Job.objects.filter(kind__in=kinds.ALL).open().select_related("server")
    figures = ("kind", "state", "progress", "parameters", "error_kind", "cancel_requested")
    return there.order_by("created_at").only(*figures, "server__name")


def newest_end() -> UUID | None:
    """The job that ended last."""
    return ended().values_list("pk", flat=True).first()


@dataclass(frozen=True)
class Listing:
    """The jobs by what they are at. `stamp` changes as soon as one goes from one to another."""

    running: list[Shown]
    waiting: list[Shown]
    ended: list[Shown]
    stamp: str


def listing() -> Listing:
    """The jobs of now; of those that have ended the newest."""
    jobs = list(on_models().open().order_by("created_at"))
    newest = list(ended().select_related("server", "person")[:MOST_ENDED])
    return Listing(
        running=[Shown(job) for job in jobs if job.state == Job.State.RUNNING],
        waiting=[Shown(job) for job in jobs if job.state == Job.State.QUEUED],
        ended=[Shown(job) for job in newest],
        stamp=stamp(jobs, newest[0].pk if newest else None),
    )


def stamp(jobs: list[Job], newest: UUID | None) -> str:
    """The same letters for the same jobs in the same states."""
    facts = [
        (job.pk.hex, job.state, job.cancel_requested, job.error_kind, "waits_for" in job.progress)
        for job in jobs
    ]
    return sha256(repr((facts, newest)).encode()).hexdigest()[:16]
