import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from inference.models import Job, Server


class CreateRequestQuerySet(models.QuerySet["CreateRequest"]):
    def newest(self, name: str = "", limit: int = 20) -> "CreateRequestQuerySet":
        """The last ones, those for the model `name` first."""
        of_it = models.Q(name__iexact=name) if name else models.Q(pk=None)
        return self.select_related("author", "server", "job").order_by(
            models.Case(models.When(of_it, then=0), default=1), "-created_at"
        )[:limit]


class CreateRequest(models.Model):
    """What somebody had a model made of: kept, to be looked up and used again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="create_requests"
    )
    server = models.ForeignKey(Server, models.CASCADE, related_name="+")
    name = models.CharField(max_length=350)  # as Ollama shows it: with its tag
    # The body of /api/create without "model" and "stream".
    request = models.JSONField(default=dict)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CreateRequestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="create_request_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """The model that it is made from; "" for one that is made of files."""
        request: dict[str, Any] = self.request
        return str(request.get("from", ""))

    @property
    def files(self) -> list[str]:
        """The names of the files that it is made of; none for one that is made of a model."""
        return sorted({*self.request.get("files", {}), *self.request.get("adapters", {})})
