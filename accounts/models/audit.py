"""The audit log."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models.person import Person


class AuditManager(models.Manager["AuditEntry"]):
    """Writes entries; nothing changes one."""

    def record(
        self,
        event: str,
        actor: "Person | None",
        subject: models.Model | str | None = None,
        **details: Any,
    ) -> "AuditEntry":
        """Notes what `actor` (None: nobody who is signed in) did to `subject`.

        `details` must be fit for JSON, and never hold a secret or what people write.
        """
        entry = AuditEntry(
            event=event,
            actor=actor,
            actor_name=actor.username if actor else "",
            details=details,
        )
        if isinstance(subject, models.Model):
            entry.subject_kind = subject._meta.model_name or ""
            entry.subject_id = str(subject.pk)
        if subject is not None:
            entry.subject_name = getattr(subject, "username", str(subject))[:200]
        entry.save(force_insert=True, using=self._db)
        return entry


class AuditEntry(models.Model):
    """One thing that somebody did. Names are kept as text: they outlive the people."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    event = models.CharField(max_length=50)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=100, blank=True)
    subject_kind = models.CharField(max_length=50, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_name = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)

    objects: ClassVar[AuditManager] = AuditManager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["subject_kind", "subject_id"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event} {self.subject_name}".rstrip()
