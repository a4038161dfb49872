"""What was imported from elsewhere, so that nothing comes twice."""

from django.db import models

from accounts.models import Person
from chat.models.conversation import Conversation


class Imported(models.Model):
    """Where a conversation came from: a program, and the id that it has there."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, related_name="imported"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "source", "external_id"], name="imported_once_by_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
