from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.prepared import Prepared, PreparedUpdate, insert
from inference.models.piece import RunPiece, Written
from inference.models.slot_time import SlotTime
from inference.signals import run_ended
from inference.wakeups import wake_worker

if TYPE_CHECKING:
    from accounts.models import Key, Person


class AlreadyRunning(Exception):
    """The subject has a run that is queued or running."""


class RunQuerySet(models.QuerySet["Run"]):
    def open(self) -> "RunQuerySet":
        """Queued or running."""
        return self.filter(status__in=Run.OPEN)

    def waiting(self) -> "RunQuerySet":
        return self.filter(status=Run.Status.QUEUED)

    def running(self) -> "RunQuerySet":
        return self.filter(status=Run.Status.RUNNING)

    def submit(
        self,
        *,
        person: "Person | None",
        model_name: str,
        purpose: str,
        subject: UUID,
        audience: UUID | None = None,
        parameters: dict[str, Any] | None = None,
        key: "Key | None" = None,
        background: bool | None = None,
        now: datetime | None = None,
    ) -> "Run":
        """Puts a run into the queue and wakes a worker once that is committed.

        Titles and measurements are background runs unless said otherwise. A key without a person
        is served as one person of its own. Raises AlreadyRunning if the subject has an open run.
        """
        now = now or timezone.now()
        run = Run(
            person=person,
            key=key,
            model_name=model_name,
            purpose=purpose,
            subject=subject,
            audience=audience,
            parameters=parameters or {},
            background=purpose in Run.BACKGROUND if background is None else background,
            queued_at=now,
            # The client of an API call waits with it: who crashes in line must not hold it up.
            lease_until=now + Run.LEASE if purpose == Run.Purpose.API else None,
        )
        # No savepoint, as a statement that inserts nothing fails nothing.
        if not insert(run, unless_there=True):
            raise AlreadyRunning(f"{subject} has a run that has not ended")
        transaction.on_commit(wake_worker)
        return run

    def end(
        self,
        pk: UUID,
        status: "Run.Status",
        *,
        now: datetime,
        start: int | None = None,
        last: Written | None = None,
        **fields: Any,
    ) -> "Run | None":
        """Brings the run `pk` to its terminal state, if it is one of this queryset's.

        `last` is what it wrote since it was saved, from offset `start` (None: from where the saved
        text ends). None if it was not there to be ended; else run_ended was sent.
        """
        with transaction.atomic():
            mine = self.filter(pk=pk).open()
            if not mine.update(status=status, ended_at=now, lease_until=None, **fields):
                return None
            return Run.objects.close(pk, now=now, start=start, last=last)

    def close(
        self, pk: UUID, *, now: datetime, start: int | None = None, last: Written | None = None
    ) -> "Run":
        """What is to be done for a run that was just brought to its terminal state, as `end` says.

        Call it in the transaction in which that was done.
        """
        run = _by_pk.first(pk=pk)
        assert run is not None  # noqa: S101  it was changed in this transaction
        if last is not None and last.length:
            start = run.offset if start is None else start
            run.offset = start + last.length
            _moved.save(run, pk=pk)
        run.whole = RunPiece.objects.gather(pk, start, last)
        if run.started_at is not None and run.who is not None:
            SlotTime.objects.charge(run.who, run.started_at, now)
        run_ended.send(sender=Run, run=run)
        return run


class Run(models.Model):
    """One use of a model: the queue entry, the lease, and the record of what was used."""

    class Purpose(models.TextChoices):
        ANSWER = "answer", _("chat answer")
        TITLE = "title", _("title")
        SUMMARY = "summary", _("summary")
        API = "api", _("API call")
        MEASURE = "measure", _("measurement")
        TRIAL = "trial", _("trial of a draft")

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")
        INTERRUPTED = "interrupted", _("interrupted")

    OPEN = (Status.QUEUED, Status.RUNNING)
    BACKGROUND = (Purpose.TITLE, Purpose.MEASURE)
    # How long a run stays with its owner who does not renew.
    LEASE = timedelta(seconds=10)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    key = models.ForeignKey(
        "accounts.Key", models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    # Chosen when the run is claimed, out of those that have the model.
    server = models.ForeignKey(
        "inference.Server", models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    model_name = models.CharField(max_length=350)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    background = models.BooleanField(default=False)
    # What it is for: opaque here, the answer's message in a chat.
    subject = models.UUIDField(db_index=True)
    # Whom its frames go to: the channel group audience.<hex>.
    audience = models.UUIDField(null=True, blank=True)
    # {"options": {…}, "think": …, "format": …, "keep_alive": …, "system": …}; a schema as text, for
    # PostgreSQL would sort its properties, whose order is that of the answer's
    parameters = models.JSONField(default=dict, blank=True)
    # What went to the model, so that it can be shown and known to be the same: {"first": id or
    # null, "sees": id or null, "messages": n, "cut": n, "characters": n, "images": n, "before": n,
    # "think": …, "num_ctx": n or null, "digest": …}, and the notes of the prompt's builder.
    # "before" counts the code points that a Continue goes on from; "sees" is the first message that
    # was not left out.
    sent = models.JSONField(default=dict, blank=True)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    queued_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    first_token_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    attempts = models.PositiveIntegerField(default=0)
    # Goes up with each claim; who holds an older one can write nothing.
    epoch = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=100, blank=True)
    # While it waits, only of an API run: its client is then still there.
    lease_until = models.DateTimeField(null=True, blank=True)
    stop_requested = models.BooleanField(default=False)

    # Code points of thinking and text that are saved. The text itself is in the pieces.
    offset = models.PositiveIntegerField(default=0)
    tool_calls = models.JSONField(default=list, blank=True)
    done_reason = models.CharField(max_length=50, blank=True)
    error_kind = models.CharField(max_length=30, blank=True)
    error = models.TextField(blank=True)

    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    answer_tokens = models.PositiveIntegerField(null=True, blank=True)
    load_ns = models.BigIntegerField(null=True, blank=True)
    prompt_ns = models.BigIntegerField(null=True, blank=True)
    answer_ns = models.BigIntegerField(null=True, blank=True)
    total_ns = models.BigIntegerField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    # All that it wrote, on the instance that `end` returns.
    whole: Written | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=models.Q(status__in=["queued", "running"]),
                name="one_open_run_for_a_subject",
            )
        ]
        indexes = [
            # Not only of open runs: SQLite uses no partial index for a status that is one of two.
            # Neither the lease nor the offset is in an index, so that PostgreSQL renews them
            # without touching one.
            models.Index(fields=["status", "queued_at"], name="run_queue"),
            models.Index(
                fields=["model_name", "-ended_at"],
                condition=models.Q(status="done"),
                name="run_durations",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.get_status_display()}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_json(self) -> bool:
        """Whether it was asked to answer in JSON."""
        return bool(self.parameters.get("format"))

    @property
    def who(self) -> UUID | None:
        """Whose share of the slots it takes."""
        return self.person_id or self.key_id

    def request_stop(self, now: datetime | None = None) -> bool:
        """Stops it: at once while it waits, else its worker ends it within a second.

        False if it had already ended.
        """
        now = now or timezone.now()
        with transaction.atomic():
            # Locked, as a run may go back into the queue between two conditional updates. Not its
            # key: who locked its conversation may just make it the latest run, and must not wait.
            run = Run.objects.select_for_update(no_key=True).open().filter(pk=self.pk).first()
            if run is None:
                return False
            if run.status == Run.Status.QUEUED:
                return Run.objects.waiting().end(self.pk, Run.Status.STOPPED, now=now) is not None
            Run.objects.running().filter(pk=self.pk).update(stop_requested=True)
            transaction.on_commit(wake_worker)
        return True

    def written(self) -> Written:
        """What it has written and saved so far; one query, unless it just ended."""
        return self.whole or self.pieces.all().joined()

    @property
    def thinking(self) -> str:
        return self.written().thinking

    @property
    def text(self) -> str:
        return self.written().text


_by_pk = Prepared(lambda pk: Run.objects.filter(pk=pk), pk=models.UUIDField())
_moved = PreparedUpdate(lambda pk: Run.objects.filter(pk=pk), ("offset",), pk=models.UUIDField())
