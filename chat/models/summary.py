"""What stands for the older part of a conversation once that no longer fits."""

import uuid
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import Person
from chat.models.conversation import Conversation
from chat.models.message import Message
from inference.models import Run
from inference.queue import AlreadyRunning


class Summary(models.Model):
    """The messages from the first one to `up_to`, summed up; it is sent in their place.

    It belongs to every path that goes through `up_to`. Its text is there once its run has ended,
    and can be changed by the owner.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="summaries"
    )
    up_to = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="summary")
    text = models.TextField(blank=True)
    model_name = models.CharField(max_length=350)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"summary of {self.conversation_id}"

    @property
    def is_open(self) -> bool:
        """Whether it is being written, or waits for that."""
        return self.run is not None and self.run.is_open

    @classmethod
    def ask(cls, up_to: Message, person: Person, parameters: dict[str, Any]) -> "Summary":
        """Has the conversation's model sum up all up to that message, anew if it is there."""
        conversation = up_to.conversation
        with transaction.atomic():
            summary, _made = cls.objects.get_or_create(
                up_to=up_to,
                defaults={"conversation": conversation, "model_name": conversation.model_name},
            )
            summary.model_name = conversation.model_name
            try:
                summary.run = Run.objects.submit(
                    person=person,
                    model_name=summary.model_name,
                    purpose=Run.Purpose.SUMMARY,
                    subject=summary.pk,
                    parameters=parameters,
                )
            except AlreadyRunning:
                return summary
            summary.save(update_fields=["run", "model_name"])
            conversation.tell_pages({"kind": "thread"})
        return summary

    def take(self, run: Run) -> None:
        """Stores what its run has written; a run that wrote nothing leaves what was there."""
        written = run.text.strip()
        if run.status == Run.Status.DONE and written:
            self.text = written
        self.run = run
        self.save(update_fields=["text", "run"])
        self.conversation.tell_pages({"kind": "thread"})

    def change(self, text: str) -> None:
        """Sends these words from now on."""
        self.text = text
        self.save(update_fields=["text"])
        self.conversation.tell_pages({"kind": "thread"})
