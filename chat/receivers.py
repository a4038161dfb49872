"""Keeps what runs have written."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from chat.models import Message
from inference.models import Run
from inference.signals import run_ended


@receiver(run_ended, dispatch_uid="chat.keep_answer")
def keep_answer(run: Run, **kwargs: Any) -> None:
    """Stores an answer's text in the transaction that ends its run, whatever ended it."""
    if run.purpose != Run.Purpose.ANSWER:
        return
    answer = Message.objects.filter(pk=run.subject).select_related("conversation").first()
    if answer is None:  # erased in the meantime
        return
    answer.take(run)
    answer.conversation.answer_ended(answer.pk, run.ended_at or timezone.now())
