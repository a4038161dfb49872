from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """A piece of work that lasts, such as a pull: it survives a restart and is tried again."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (State.QUEUED, State.RUNNING)

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
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    attempts = models.PositiveIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)

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
        indexes = [
            models.Index(
                fields=["state", "created_at"],
                condition=models.Q(state__in=["queued", "running"]),
                name="job_queue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()
