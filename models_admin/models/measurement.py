from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F

if TYPE_CHECKING:
    from inference.models import Run

NS_PER_S = 1_000_000_000


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def add(self, run: "Run") -> None:
        """Adds a run that is done to what was measured of its model on its server that day.

        The time that loading took does not count: a model in memory is what is compared.
        """
        if not (run.answer_ns and run.answer_tokens and run.started_at and run.ended_at):
            return
        first = (run.first_token_at or run.ended_at) - run.started_at
        first -= timedelta(microseconds=(run.load_ns or 0) / 1000)
        with transaction.atomic():
            row, _ = self.get_or_create(
                model_name=run.model_name, server=run.server, day=run.ended_at.date()
            )
            self.filter(pk=row.pk).update(
                runs=F("runs") + 1,
                first_token_ms=F("first_token_ms") + max(int(first.total_seconds() * 1000), 0),
                answer_tokens=F("answer_tokens") + run.answer_tokens,
                answer_ns=F("answer_ns") + run.answer_ns,
            )


class Measurement(models.Model):
    """How quick a model was on a server on a day (UTC): sums over the runs that measured it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    model_name = models.CharField(max_length=350)
    server = models.ForeignKey("inference.Server", models.SET_NULL, null=True, related_name="+")
    day = models.DateField()
    runs = models.PositiveIntegerField(default=0)
    first_token_ms = models.BigIntegerField(default=0)
    answer_tokens = models.BigIntegerField(default=0)
    answer_ns = models.BigIntegerField(default=0)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "model_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["model_name", "server", "day"], name="one_measurement_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model_name}, {self.day}: {self.tokens_per_second:.1f} tokens/s"

    @property
    def tokens_per_second(self) -> float:
        return self.answer_tokens * NS_PER_S / self.answer_ns if self.answer_ns else 0.0

    @property
    def first_token_seconds(self) -> float:
        """Until the first token came, on average, without loading."""
        return self.first_token_ms / 1000 / self.runs if self.runs else 0.0
