import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Person
from inference.models import Run

# Fields by name, as a form sends them.
Typed = dict[str, list[str]]


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, person: Person) -> "DraftQuerySet":
        """The person's own: the only way to a draft."""
        return self.filter(author=person)

    def keep(self, person: Person, typed: Typed, question: str = "") -> "Draft":
        """Keeps what was typed, and clears the oldest of the person's drafts away."""
        draft = self.create(author=person, typed=typed, question=question)
        kept = self.visible_to(person).order_by("-created_at").values("pk")[: Draft.MOST]
        self.visible_to(person).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
        return draft


class Draft(models.Model):
    """A model as somebody words it in the form, and what they asked of it before it is made."""

    # That are kept of one person.
    MOST = 30

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts_of_models"
    )
    typed = models.JSONField(default=dict)  # Typed
    question = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DraftQuerySet.as_manager()

    def __str__(self) -> str:
        return self.question[:60] or str(self.pk)


class TrialAnswerQuerySet(models.QuerySet["TrialAnswer"]):
    def visible_to(self, person: Person) -> "TrialAnswerQuerySet":
        """Those to the person's own drafts."""
        return self.filter(draft__author=person)


class TrialAnswer(models.Model):
    """An answer to a draft's question: the draft's own, or its source's to compare it with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="answers")
    of_source = models.BooleanField(default=False)
    # What goes to the model, as Ollama takes it.
    messages = models.JSONField(default=list)
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="+")

    objects = TrialAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["of_source"]

    def __str__(self) -> str:
        return f"{self.draft}: {'source' if self.of_source else 'draft'}"
