from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


class ServerQuerySet(models.QuerySet["Server"]):
    def answering(self) -> "ServerQuerySet":
        """Those that may be sent a run now: enabled, and their last check went well."""
        return self.filter(enabled=True, error="")


class Server(models.Model):
    """One Ollama server."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=500, unique=True)
    # OLLAMA_NUM_PARALLEL of that server: it holds for each loaded model.
    slots = models.PositiveSmallIntegerField(_("slots of each model"), default=1)
    enabled = models.BooleanField(_("enabled"), default=True)
    from_environment = models.BooleanField(default=False)
    practice = models.BooleanField(default=False)
    version = models.CharField(max_length=50, blank=True)
    # Why the last check failed, in words; "" while the server answers.
    error = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # The most models that it was ever seen to hold in memory at once.
    resident = models.PositiveSmallIntegerField(default=1)
    # When we last sent it a run for a model that was not in its memory, and that model's digest.
    changed_to = models.CharField(max_length=350, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = ServerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "url"]

    def __str__(self) -> str:
        return self.name
