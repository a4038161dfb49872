"""Keeps what runs have written, and no file longer than its row."""

from typing import Any

from django.db.models import UUIDField
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from accounts.prepared import Prepared
from chat.models import Attachment, Message
from chat.models.attachment import remove_file
from inference.models import Run
from inference.signals import run_ended

_answer = Prepared(
    lambda pk: Message.objects.filter(pk=pk).select_related("conversation"), pk=UUIDField()
)


@receiver(run_ended, dispatch_uid="chat.keep_answer")
def keep_answer(run: Run, **kwargs: Any) -> None:
    """Stores an answer's text in the transaction that ends its run, whatever ended it."""
    if run.purpose != Run.Purpose.ANSWER:
        return
    answer = _answer.first(pk=run.subject)
    if answer is None:  # erased in the meantime
        return
    shown = answer.take(run)
    ended_at = run.ended_at or timezone.now()
    saw_all = not (run.sent.get("cut") or run.sent.get("summary"))
    answer.conversation.answer_ended(answer.pk, ended_at, saw_all=saw_all, shown=shown)


@receiver(post_delete, sender=Attachment, dispatch_uid="chat.drop_file")
def drop_file(instance: Attachment, **kwargs: Any) -> None:
    """Removes the file with the last row that needs it."""
    remove_file(instance)
