"""Where a conversation stands among the others of its owner."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from uuid import UUID


class Organised(models.Model):
    """What chat.organising changes: pinned, archived, in a folder, with tags."""

    if TYPE_CHECKING:
        folder_id: UUID | None

    pinned_at = models.DateTimeField(null=True, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    folder = models.ForeignKey(
        "chat.Folder",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,  # there is one with the time
        related_name="conversations",
    )
    tags = models.ManyToManyField("chat.Tag", related_name="conversations")

    class Meta:
        abstract = True

    @property
    def is_pinned(self) -> bool:
        return self.pinned_at is not None

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None
