"""A folder of conversations, or of folders: one may stand in another, and no deeper."""

import uuid
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from chat.models.news import show_lists

if TYPE_CHECKING:
    from uuid import UUID

# Of one person: all of them stand in the list beside every page.
MOST_FOLDERS = 100
LONGEST_NAME = 60


class FolderRefused(Exception):
    """A folder cannot be so; says why, for people."""


class FolderQuerySet(models.QuerySet["Folder"]):
    def of(self, person: Person) -> "FolderQuerySet":
        """The person's own, by name."""
        return self.filter(owner=person).order_by("name", "pk")

    def with_name(self, person: Person, name: str, parent: "Folder | None" = None) -> "Folder":
        """The person's folder of that name, which is made if there is none.

        Raises FolderRefused if there are too many, or the parent stands in another one itself.
        """
        with transaction.atomic():
            # So that two clicks make one folder, and no folder gets in while another moves.
            Person.objects.select_for_update().only("pk").get(pk=person.pk)
            mine = self.of(person)
            same = mine.filter(name__iexact=name, parent=parent).first()
            if same is not None:
                return same
            if mine.count() >= MOST_FOLDERS:
                count = MOST_FOLDERS
                said = ngettext(
                    "There can be at most %(count)d folder.",
                    "There can be at most %(count)d folders.",
                    count,
                )
                raise FolderRefused(said % {"count": count})
            folder = Folder(owner=person, name=name)
            folder._stand_in(parent)
            folder.save(force_insert=True)
            show_lists(person.pk)
        return folder


class Folder(models.Model):
    """A person's folder. What is in one that is deleted stays, one level up."""

    if TYPE_CHECKING:
        parent_id: UUID | None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=LONGEST_NAME)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")

    objects = FolderQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("chat:folder", args=[self.pk])

    def change(self, name: str, parent: "Folder | None") -> None:
        """Gives it a name and a place. Raises FolderRefused, and then changes nothing."""
        with transaction.atomic():
            Person.objects.select_for_update().only("pk").get(pk=self.owner_id)
            if not Folder.objects.filter(pk=self.pk).exists():  # deleted in another tab just now
                raise FolderRefused(_("This folder is no longer there."))
            same = Folder.objects.filter(owner=self.owner_id, name__iexact=name, parent=parent)
            if same.exclude(pk=self.pk).exists():
                raise FolderRefused(_("There is a folder of this name already."))
            self._stand_in(parent)
            self.name = name
            self.save(update_fields=["name", "parent"])
            show_lists(self.owner_id)

    def remove(self) -> None:
        """Deletes it; its conversations and folders stay where it stood."""
        with transaction.atomic():
            Person.objects.select_for_update().only("pk").get(pk=self.owner_id)
            self.conversations.update(folder=self.parent_id)
            self.children.update(parent=self.parent_id)
            self.delete()
            show_lists(self.owner_id)

    def _stand_in(self, parent: "Folder | None") -> None:
        if parent is not None:
            above = Folder.objects.filter(pk=parent.pk, parent=None)
            is_itself = parent.pk == self.pk
            if is_itself or not above.exists() or Folder.objects.filter(parent=self.pk).exists():
                raise FolderRefused(_("A folder can stand in another one, but no deeper."))
        self.parent = parent
