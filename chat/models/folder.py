"""A folder of conversations, or of folders: one may stand in another, and no deeper."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from chat.models.news import show_lists

if TYPE_CHECKING:
    from uuid import UUID

# Of one person: all of them stand in the list beside every page.
MOST_FOLDERS = 100
LONGEST_NAME = 60
# How long it is known what stood in a folder that was deleted.
UNDO = timedelta(seconds=60)


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
            same = self.of(person).filter(name__iexact=name, parent=parent).first()
            if same is not None:
                return same
            folder = Folder(owner=person, name=name)
            folder._stand_in(parent)
            folder._add()
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
        """Deletes it; its conversations and folders stay where it stood, which can be undone."""
        with transaction.atomic():
            Person.objects.select_for_update().only("pk").get(pk=self.owner_id)
            found = Folder.objects.filter(pk=self.pk).first()
            if found is None:  # deleted in another tab just now
                return
            RemovedFolder.objects.keep(found)
            found.conversations.update(folder=found.parent_id)
            found.children.update(parent=found.parent_id)
            found.delete()
            show_lists(self.owner_id)

    def _add(self) -> None:
        """Stores a new one, its owner's row locked. Raises FolderRefused if there are too many."""
        if Folder.objects.of(self.owner).count() >= MOST_FOLDERS:
            count = MOST_FOLDERS
            said = ngettext(
                "There can be at most %(count)d folder.",
                "There can be at most %(count)d folders.",
                count,
            )
            raise FolderRefused(said % {"count": count})
        self.save(force_insert=True)
        show_lists(self.owner_id)

    def _stand_in(self, parent: "Folder | None") -> None:
        if parent is not None:
            above = Folder.objects.filter(pk=parent.pk, parent=None)
            is_itself = parent.pk == self.pk
            if is_itself or not above.exists() or Folder.objects.filter(parent=self.pk).exists():
                raise FolderRefused(_("A folder can stand in another one, but no deeper."))
        self.parent = parent


class RemovedFolderQuerySet(models.QuerySet["RemovedFolder"]):
    def of(self, person: Person) -> "RemovedFolderQuerySet":
        """The one that the person deleted last, while that can be undone."""
        return self.filter(owner=person, removed_at__gt=timezone.now() - UNDO)

    def keep(self, folder: Folder) -> None:
        """Notes what a folder is and holds, in place of the one that was deleted before."""
        ids = {
            "conversations": folder.conversations.values_list("pk", flat=True),
            "folders": folder.children.values_list("pk", flat=True),
        }
        values = {
            "folder": folder.pk,
            "name": folder.name,
            "parent": folder.parent_id,
            "removed_at": timezone.now(),
            **{name: [str(pk) for pk in found] for name, found in ids.items()},
        }
        self.update_or_create(owner_id=folder.owner_id, defaults=values)

    def forget(self, now: datetime) -> None:
        """Deletes those that nobody can bring back any more."""
        self.filter(removed_at__lte=now - UNDO).delete()


class RemovedFolder(models.Model):
    """The folder that a person deleted last, and what to put into it again if that is undone."""

    owner = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    folder = models.UUIDField()
    name = models.CharField(max_length=LONGEST_NAME)
    parent = models.UUIDField(null=True)
    conversations = models.JSONField()  # ids, as texts
    folders = models.JSONField()
    removed_at = models.DateTimeField()

    objects = RemovedFolderQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def bring_back(self) -> Folder:
        """Makes the folder anew; what still stands where it left it is in it again.

        Raises FolderRefused where another has taken its name or its room, and changes nothing.
        """
        with transaction.atomic():
            Person.objects.select_for_update().only("pk").get(pk=self.owner_id)
            mine = Folder.objects.of(self.owner)
            before = mine.filter(pk=self.folder).first()
            if before is not None:  # two clicks
                return before
            folder = Folder(pk=self.folder, owner=self.owner, name=self.name)
            top = mine.filter(parent=None)
            folder.parent = top.filter(pk=self.parent).first() if self.parent else None
            namesakes = mine.filter(name__iexact=self.name, parent=folder.parent)
            if namesakes.exclude(pk__in=self.folders).exists():
                raise FolderRefused(_("There is a folder of this name already."))
            folder._add()
            kept = apps.get_model("chat.Conversation").objects.filter(owner=self.owner)
            kept.filter(pk__in=self.conversations, folder=self.parent).update(folder=folder)
            if folder.parent is None:
                flat = top.filter(pk__in=self.folders, children=None)
                mine.filter(pk__in=[each.pk for each in flat]).update(parent=folder)
            self.delete()
        return folder
