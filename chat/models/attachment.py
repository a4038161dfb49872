"""A file that a person attaches to a question: an image, or text that is folded in it."""

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from chat import words
from chat.attachments import files
from chat.models.conversation import Conversation

if TYPE_CHECKING:
    from chat.models.message import Message


# CSS pixels of the longer side of a small picture; what is stored is twice that.
SMALL_SIDE = 240


class AttachmentGone(Exception):
    """A file that was to be sent has been removed in the meantime."""


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, person: Person) -> "AttachmentQuerySet":
        """Those of the conversations that the person sees, and their own that wait to be sent."""
        waiting = Q(message=None, owner=person)
        seen = Q(message__conversation__in=Conversation.objects.visible_to(person))
        return self.filter(waiting | seen)

    def unsent(self) -> "AttachmentQuerySet":
        return self.filter(message=None)

    def remove(self) -> None:
        """Deletes these, with the files that no other row needs.

        What has stopped being one of them in the meantime stays: `unsent().remove()` takes no file
        from a question that is just being sent with it.
        """
        with transaction.atomic():
            rows = list(self.select_for_update().values_list("pk", flat=True))
            Attachment.objects.filter(pk__in=rows).delete()

    def without_text(self) -> "AttachmentQuerySet":
        """For pages, which fetch a text only when somebody opens it."""
        return self.defer("text")

    def by_message(self, messages: Iterable["Message"]) -> dict[UUID, list["Attachment"]]:
        """The files of those messages that have any; no query where none has."""
        ids = [message.pk for message in messages if message.attachment_count]
        found: dict[UUID, list[Attachment]] = {}
        for each in self.filter(message__in=ids).order_by("position") if ids else ():
            found.setdefault(each.message_id or each.pk, []).append(each)
        return found

    def attach(self, message: "Message", chosen: Sequence["Attachment"]) -> None:
        """Gives a new message these files, in this order, in the transaction that adds it.

        One that was sent before is shared: the message gets a row of its own for the same file.
        Raises AttachmentGone.
        """
        rows = self.select_for_update().in_bulk([each.pk for each in chosen])
        if len(rows) < len(chosen):
            raise AttachmentGone
        copies = []
        for position, each in enumerate(chosen):
            row = rows[each.pk]
            if row.message_id is None:
                self.filter(pk=row.pk).update(message=message, position=position)
            else:
                copies.append(row.copied_to(message, position))
        self.bulk_create(copies)

    def share(self, messages: dict[UUID, "Message"]) -> None:
        """Gives copies of messages the files of the originals, whose ids are the keys."""
        rows = self.select_for_update().filter(message__in=messages)
        self.bulk_create([row.copied_to(messages[row.message_id], row.position) for row in rows])  # type: ignore[index]


class Attachment(models.Model):
    """One file of one question, or one that waits to be sent (`message` is None).

    An image lies in the data folder, under the id in `file`, which the rows of forks and versions
    share. Text lies in the row, decoded.
    """

    class Kind(models.TextChoices):
        IMAGE = "image", gettext_lazy("image")
        TEXT = "text", gettext_lazy("text")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(
        "chat.Message", on_delete=models.CASCADE, null=True, related_name="attachments"
    )
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField()  # bytes, as it is stored
    tokens = models.PositiveIntegerField()  # about how many a model reads
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)  # pixels, of an image
    height = models.PositiveIntegerField(null=True)
    file = models.UUIDField(null=True, db_index=True, editable=False)
    text = models.TextField(blank=True)
    encoding = models.CharField(max_length=30, blank=True)  # that the text came in
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "created_at"],
                condition=Q(message=None),
                name="attachment_unsent",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("chat:attachment", args=[self.pk])

    @property
    def is_image(self) -> bool:
        return self.kind == self.Kind.IMAGE

    @property
    def file_name(self) -> str:
        """What its file is called in the data folder: the same for all rows that share it."""
        return files.name_of(self.file, self.media_type) if self.file else ""

    @property
    def path(self) -> Path:
        return files.path_of(self.file_name)

    @property
    def small_path(self) -> Path:
        """A small picture of it, for pages."""
        return files.small_path_of(self.file_name)

    @property
    def facts(self) -> str:
        """How large it is, in words."""
        size = words.size(self.size)
        if self.is_image:
            return f"{self.width} × {self.height} px, {size}"
        counted = _("about %(n)s tokens") % {"n": words.tokens(self.tokens)}
        known = [self.encoding] if self.encoding != "UTF-8" else []
        return ", ".join([size, counted, *known])

    @property
    def small_sides(self) -> tuple[int, int]:
        """Width and height of its small picture on a page, in CSS pixels."""
        sides = (self.width or 1, self.height or 1)
        scale = min(1.0, SMALL_SIDE / max(sides))
        return max(1, round(sides[0] * scale)), max(1, round(sides[1] * scale))

    def copied_to(self, message: "Message", position: int) -> "Attachment":
        """An unsaved row for another message, with the same file."""
        names = [field.attname for field in self._meta.concrete_fields]
        values: dict[str, Any] = {name: getattr(self, name) for name in names}
        values |= {"id": uuid.uuid4(), "message_id": message.pk, "position": position}
        return Attachment(**values)


def remove_file(attachment: Attachment) -> None:
    """Removes the file of a row that was deleted, once that is committed and no row needs it."""
    file, name = attachment.file, attachment.file_name
    if file is None:
        return

    def remove() -> None:
        if not Attachment.objects.filter(file=file).exists():
            files.remove(name)

    transaction.on_commit(remove, robust=True)
