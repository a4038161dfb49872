"""What a person wants each new conversation to begin with."""

from typing import Any

from django.db import models

from accounts.models import Person


class Defaults(models.Model):
    """The settings of a person's new conversations, as chat.settings describes them."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    settings = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"defaults of {self.person_id}"

    @classmethod
    def of(cls, person: Person) -> dict[str, Any]:
        """The person's settings for new conversations; empty for the models' own."""
        found = cls.objects.filter(person=person).values_list("settings", flat=True).first()
        return found or {}

    @classmethod
    def set(cls, person: Person, settings: dict[str, Any]) -> None:
        """Replaces them; conversations that have begun stay as they are."""
        cls.objects.update_or_create(person=person, defaults={"settings": settings})
