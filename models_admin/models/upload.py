import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from accounts.models import Person
from inference.models import Job, Server
from inference.ollama.lines import clean_text


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, person: Person) -> "UploadQuerySet":
        """The person's own: the only way to an upload."""
        return self.filter(person=person)

    def unfinished(self) -> "UploadQuerySet":
        """Those of which no model is being made yet."""
        return self.filter(job=None)

    def due(self, now: datetime) -> "UploadQuerySet":
        """Those that nobody needs or goes on with: their files can go."""
        then = now - Upload.KEPT
        settled = Q(job__state__in=(Job.State.DONE, Job.State.CANCELLED))
        failed = Q(job__state=Job.State.FAILED, job__ended_at__lt=then)
        return self.filter(settled | failed | Q(job=None, active_at__lt=then))


class Upload(models.Model):
    """Files that a model is to be made of, on their way from somebody's browser."""

    # Since its last piece, or since its job failed.
    KEPT = timedelta(days=3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    server = models.ForeignKey(Server, models.CASCADE, related_name="+")
    name = models.CharField(max_length=350)  # of the model, as Ollama shows it
    typed = models.JSONField(default=dict)  # Typed: what else stood in the form
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    active_at = models.DateTimeField(default=timezone.now)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.all())

    @property
    def received(self) -> int:
        """Bytes that are here."""
        return sum(file.received for file in self.files.all())

    @property
    def is_whole(self) -> bool:
        """Whether every file has come and was found to be right."""
        return all(file.is_whole for file in self.files.all())

    def rename(self, name: str, *, replace: bool) -> None:
        """Has another name for the model stand in the form, which nobody has checked."""
        self.name = clean_text(name)[:350]
        self.typed |= {"name": [self.name], "replace": ["on"] if replace else []}
        self.save(update_fields=["name", "typed"])


class UploadFileQuerySet(models.QuerySet["UploadFile"]):
    def awaited(self) -> int:
        """Bytes that all uploads together have yet to bring."""
        sums = self.filter(upload__job=None).aggregate(left=Sum(F("size") - F("received")))
        return sums["left"] or 0


class UploadFile(models.Model):
    """One file of an upload; its bytes lie in the spool (see uploads/spool.py)."""

    class Role(models.TextChoices):
        """Fields of /api/create."""

        MODEL = "files"
        ADAPTER = "adapters"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MODEL)
    name = models.CharField(max_length=200)  # as Ollama is told
    size = models.BigIntegerField()  # bytes
    received = models.BigIntegerField(default=0)  # bytes
    # Of its beginning, by which a browser knows the file again. Not checked here.
    fingerprint = models.CharField(max_length=64)
    expected = models.CharField(max_length=64, blank=True)  # what its SHA-256 has to be
    sha256 = models.CharField(max_length=64, blank=True)  # hex; "" until it is whole

    objects = UploadFileQuerySet.as_manager()

    class Meta:
        ordering = ["role", "name"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "role", "name"], name="one_file_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.sha256 != ""

    @property
    def digest(self) -> str:
        """As Ollama names it, once the file is whole."""
        return f"sha256:{self.sha256}"

    def stands_at(self, received: int, sha256: str = "") -> None:
        """Notes how much of it is here."""
        now = timezone.now()
        with transaction.atomic():
            UploadFile.objects.filter(pk=self.pk).update(received=received, sha256=sha256)
            Upload.objects.filter(pk=self.upload_id).update(active_at=now)
        self.received, self.sha256 = received, sha256
