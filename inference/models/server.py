from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ServerQuerySet(models.QuerySet["Server"]):
    def answering(self) -> "ServerQuerySet":
        """Those in use: enabled, and their last check went well."""
        return self.filter(enabled=True, error="")

    def open(self) -> "ServerQuerySet":
        """Those that answer and are not being drained: what a run may wait for."""
        return self.answering().filter(draining=False)

    def taking_runs(self, now: datetime) -> "ServerQuerySet":
        """Those that may be sent a run now: open, and not left alone after a failure."""
        return self.open().filter(Q(rests_until=None) | Q(rests_until__lte=now))

    def rest(self, pk: UUID, *, since: datetime, now: datetime, grows: bool = True) -> None:
        """Leaves a server alone for a while, as a request to it failed that was sent at `since`.

        The pause is 1, 2, 4 … 30 s; where it does not grow, 1 s. Requests that were sent before
        the last pause ended failed for the same reason, and change nothing.
        """
        found = self.filter(pk=pk).values_list("failures", "rests_until").first()
        if found is None:
            return
        failures, rests_until = found
        if rests_until is not None and since < rests_until:
            return
        again = grows and rests_until is not None and now - rests_until < Server.FORGIVEN
        failures = failures + 1 if again else 1
        pause = min(2 ** (failures - 1), Server.LONGEST_REST)
        # Conditional: of several that failed at once, one counts.
        self.filter(pk=pk, rests_until=rests_until).update(
            failures=failures, rests_until=now + timedelta(seconds=pause)
        )


class Server(models.Model):
    """One Ollama server."""

    LONGEST_REST = 30  # seconds
    # A server that did well for so long after a failure begins anew.
    FORGIVEN = timedelta(minutes=2)
    MOST_SLOTS = 64

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=500, unique=True)
    # What a proxy before it wants with each request (see inference.secrets).
    sealed_headers = models.TextField(blank=True)
    # Certificates in PEM; the system's count where it is "".
    ca = models.TextField(blank=True)
    # OLLAMA_NUM_PARALLEL of that server: it holds for each loaded model.
    slots = models.PositiveSmallIntegerField(_("slots of each model"), default=1)
    enabled = models.BooleanField(_("enabled"), default=True)
    # Nothing new is sent to it; what runs there goes on to its end.
    draining = models.BooleanField(default=False)
    from_environment = models.BooleanField(default=False)
    practice = models.BooleanField(default=False)
    version = models.CharField(max_length=50, blank=True)
    # Why the last check failed, in words; "" while the server answers.
    error = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # Failures of runs in a row, and until when it is sent no other after the last.
    failures = models.PositiveSmallIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
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

    @property
    def address(self) -> str:
        """The address as everybody who manages models may read it: without a name and password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def is_set_outside(self) -> bool:
        """Whether WEBCHAT_OLLAMA_URL names it, so that the next start would undo what is changed.

        A server that was found at Ollama's default address, or taken for the practice server, may
        be changed; so may one that was named before.
        """
        return self.from_environment and self.enabled and bool(settings.OLLAMA_NAMED)
