from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inference.models.server import Server
from inference.wakeups import tell_of_jobs, wake_worker

if TYPE_CHECKING:
    from accounts.models import Person


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> "JobQuerySet":
        """Queued or running."""
        return self.filter(state__in=Job.OPEN)

    def submit(
        self,
        kind: str,
        *,
        server: Server | None = None,
        subject: str = "",
        parameters: dict[str, Any] | None = None,
        person: "Person | None" = None,
        not_before: datetime | None = None,
    ) -> "Job":
        """Puts a job into the queue, or gives the open one of this kind for the same thing."""
        same = self.open().filter(kind=kind, server=server, subject=subject)
        if job := same.first():
            return job
        job = Job(
            kind=kind,
            server=server,
            subject=subject,
            parameters=parameters or {},
            person=person,
            not_before=not_before,
        )
        try:
            with transaction.atomic():
                job.save(force_insert=True)
        except IntegrityError:
            if theirs := same.first():  # somebody was quicker
                return theirs
            raise
        transaction.on_commit(wake_worker)
        transaction.on_commit(tell_of_jobs)
        return job

    def reap(self, now: datetime) -> int:
        """Puts jobs whose worker died back into the queue, after a pause that grows; how many.

        One that was to be cancelled is, and one that was lost again and again has failed: it may
        be what kills the workers.
        """
        reaped = 0
        lapsed = self.filter(state=Job.State.RUNNING, lease_until__lt=now)
        for job in lapsed.only("pk", "epoch", "attempts", "losses", "cancel_requested"):
            losses = job.losses + 1
            changes: dict[str, Any] = {"lease_until": None, "owner": "", "losses": losses}
            changes["attempts"] = max(job.attempts - 1, 0)  # it was not the job that failed
            if job.cancel_requested:
                changes |= {"state": Job.State.CANCELLED, "ended_at": now}
            elif losses >= Job.MOST_LOSSES:
                changes |= {"state": Job.State.FAILED, "ended_at": now, "error_kind": Job.LOST}
            else:
                pause = timedelta(seconds=2**losses)
                changes |= {"state": Job.State.QUEUED, "not_before": now + pause}
            reaped += lapsed.filter(pk=job.pk, epoch=job.epoch).update(**changes)
        if reaped:
            tell_of_jobs()
        return reaped


class Job(models.Model):
    """A piece of work that lasts, such as a pull: it survives a restart and is tried again."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (State.QUEUED, State.RUNNING)
    # Workers that may die with it; then it is not tried again.
    MOST_LOSSES = 5
    # Error kinds of our own, beside those of OllamaError.
    LOST = "lost"
    INTERNAL = "internal"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=50)
    server = models.ForeignKey(
        "inference.Server", models.CASCADE, null=True, blank=True, related_name="jobs"
    )
    subject = models.CharField(max_length=400, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="jobs"
    )

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    progress = models.JSONField(default=dict, blank=True)
    log = models.TextField(blank=True)
    # Why it failed, or waits for another attempt: a word that pages explain, and what was said.
    error_kind = models.CharField(max_length=50, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    attempts = models.PositiveIntegerField(default=0)
    losses = models.PositiveIntegerField(default=0)  # workers that died with it
    epoch = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "server", "subject"],
                condition=models.Q(state__in=["queued", "running"]),
                name="same_job_of_a_server_once",
            ),
            # NULL differs from NULL in the one above.
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(state__in=["queued", "running"], server=None),
                name="same_job_of_no_server_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="job_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()

    def request_cancel(self, now: datetime | None = None) -> bool:
        """Cancels it: at once while it waits, else its worker does; False if it had ended."""
        now = now or timezone.now()
        with transaction.atomic():
            job = Job.objects.select_for_update().open().filter(pk=self.pk).first()
            if job is None:
                return False
            changes: dict[str, Any] = {"cancel_requested": True}
            if job.state == Job.State.QUEUED:
                changes |= {"state": Job.State.CANCELLED, "ended_at": now}
            Job.objects.filter(pk=self.pk).update(**changes)
            transaction.on_commit(wake_worker)
            transaction.on_commit(tell_of_jobs)
        return True
