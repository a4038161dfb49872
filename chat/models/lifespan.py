"""How long a conversation stays: deleted ones can be restored for a while, temporary ones go."""

from datetime import datetime, timedelta

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from accounts.database import in_passing
from chat.models.news import News
from inference.models import Run

# How long a deleted conversation can be restored.
RESTORABLE = timedelta(days=30)
# How long a temporary one outlives the last sign of a page that shows it: a phone may freeze pages.
UNSEEN = timedelta(minutes=30)
# How long it outlives a page that said it is closed: long enough for a reload, or another tab.
CLOSED = timedelta(minutes=2)


class Lifespan(News):
    """What ends a conversation. Where `erase_at` is set, chat.erasing erases it after that."""

    deleted_at = models.DateTimeField(null=True, editable=False)
    # Set for deleted and for temporary ones, so that all others are those without.
    erase_at = models.DateTimeField(null=True, editable=False)
    is_temporary = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True

    def mark_deleted(self) -> bool:
        """Hides it and stops its runs; False if it already was. A temporary one is erased soon."""
        return self.hide(timezone.now(), and_tell_lists=True)

    def hide(self, now: datetime, *, and_tell_lists: bool) -> bool:
        """The same, at a time that others share; whoever hides many tells the lists once."""
        with transaction.atomic():
            mine = self.row().filter(deleted_at=None)
            erase_at = now if self.is_temporary else now + RESTORABLE
            if not mine.update(deleted_at=now, erase_at=erase_at):
                return False
            self.tell_pages({"kind": "thread"})
            if and_tell_lists:
                self.show_in_lists()
            runs = self.unfinished_runs() + self._unfinished_summaries()
        for run in runs:
            run.request_stop()
        return True

    def restore(self) -> bool:
        """Undoes mark_deleted(); False if it was not deleted, or it is too late."""
        with transaction.atomic():
            gone = self.row().filter(deleted_at__isnull=False, erase_at__gt=timezone.now())
            if not gone.update(deleted_at=None, erase_at=None):
                return False
            self.tell_pages({"kind": "thread"})
            self.show_in_lists()
        return True

    def erase_now(self) -> bool:
        """Has a deleted one erased without waiting; False if it is not deleted."""
        now = timezone.now()
        gone = self.row().filter(deleted_at__isnull=False, erase_at__gt=now)
        return gone.update(erase_at=now) > 0

    def stay(self, after: timedelta = UNSEEN) -> None:
        """Puts off the end of a temporary one: a page shows it, or says that it was closed."""
        mine = self.row().filter(is_temporary=True, deleted_at=None)
        with in_passing():
            mine.update(erase_at=timezone.now() + after)

    def keep(self) -> bool:
        """Makes a conversation like any other of a temporary one; False if it was none."""
        with transaction.atomic():
            mine = self.row().filter(is_temporary=True, deleted_at=None)
            if not mine.update(is_temporary=False, erase_at=None):
                return False
            self.show_in_lists()
        self.is_temporary, self.erase_at = False, None
        return True

    def unfinished_runs(self) -> list[Run]:
        """The runs that are queued or running for its answers; one query."""
        answers = Run.objects.filter(audience=self.pk, purpose=Run.Purpose.ANSWER)
        return list(answers.open().order_by("queued_at", "pk"))

    def _unfinished_summaries(self) -> list[Run]:
        summaries = apps.get_model("chat.Summary").objects.filter(conversation=self.pk)
        return list(Run.objects.open().filter(subject__in=summaries.values("pk")))
