from datetime import datetime
from uuid import UUID

from django.db import models

from accounts.prepared import Prepared, PreparedUpdate, insert
from inference.fairness import decayed, slot_seconds


class SlotTimeQuerySet(models.QuerySet["SlotTime"]):
    def charge(self, who: UUID, started: datetime, ended: datetime) -> None:
        """Adds a slot that was held from `started` to `ended`; call it inside a transaction."""
        held = slot_seconds(started, ended)
        row = _locked.first(who=who)
        if row is None:
            if insert(SlotTime(who=who, seconds=held, as_of=ended), unless_there=True):
                return
            row = _locked.first(who=who)  # somebody was quicker
            assert row is not None  # noqa: S101
        row.seconds = row.at(ended) + held
        row.as_of = max(row.as_of, ended)
        _charged.save(row, who=who)


class SlotTime(models.Model):
    """How many slot-seconds somebody has had of late, as a sum that halves every ten minutes.

    One number, brought forward at the end of each run, so that choosing the next run reads a row
    for each person who waits and not the runs of the last hours.
    """

    # The person; the key where it stands for no person.
    who = models.UUIDField(primary_key=True, editable=False)
    seconds = models.FloatField(default=0.0)
    as_of = models.DateTimeField()

    objects = SlotTimeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s"

    def at(self, now: datetime) -> float:
        """Slot-seconds of late, seen from `now`."""
        return decayed(self.seconds, (now - self.as_of).total_seconds())


_locked = Prepared(
    lambda who: SlotTime.objects.select_for_update().filter(who=who), who=models.UUIDField()
)
_charged = PreparedUpdate(
    lambda who: SlotTime.objects.filter(who=who), ("seconds", "as_of"), who=models.UUIDField()
)
