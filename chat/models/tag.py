"""A tag: a word that a person finds some of their conversations by."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Person

LONGEST_TAG = 40
MOST_TAGS = 20  # of one conversation


class TagQuerySet(models.QuerySet["Tag"]):
    def of(self, person: Person) -> "TagQuerySet":
        """The person's own, by name."""
        return self.filter(owner=person).order_by(Lower("name"), "pk")

    def with_name(self, person: Person, name: str) -> "Tag":
        """The person's tag of that name in any case, which is made if there is none."""
        tag = self.of(person).filter(name__iexact=name).first()
        return tag or self.get_or_create(owner=person, name=name)[0]

    def drop_unused(self, person: Person) -> None:
        """Deletes the person's tags that no conversation has."""
        used = Tag.conversations.through.objects.filter(tag=OuterRef("pk"))
        self.filter(owner=person).filter(~Exists(used)).delete()


class Tag(models.Model):
    """One of a person's tags. It goes with the last conversation that has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=LONGEST_TAG)

    objects = TagQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="tag_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("chat:tag", args=[self.pk])
