"""How open pages hear that a conversation changed: by hints, once that is committed."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction

from accounts.closing import person_group
from inference.live.snapshot import Snapshot
from inference.wakeups import audience_group, show

if TYPE_CHECKING:
    from chat.models.lists import ConversationQuerySet


class News(models.Model):
    """What a conversation tells the pages that show it, and its owner's lists."""

    if TYPE_CHECKING:
        id: models.UUIDField[UUID, UUID]
        owner_id: UUID

    class Meta:
        abstract = True

    @property
    def group(self) -> str:
        """The channel layer's group of the pages that show it."""
        return audience_group(self.pk)

    def row(self) -> "ConversationQuerySet":
        """Itself, for conditional updates."""
        rows: ConversationQuerySet = apps.get_model("chat.Conversation").objects.filter(pk=self.pk)
        return rows

    def show_in_lists(self) -> None:
        """Has the owner's open pages fetch their list of conversations."""
        show_lists(self.owner_id)

    def show_message(self, message_id: UUID) -> None:
        """Has open pages fetch a message that changed."""
        self.tell_pages({"kind": "changed", "message": str(message_id)})

    def tell_pages(self, hint: dict[str, Any]) -> None:
        """Sends a hint to the pages that show it."""
        group = self.group
        transaction.on_commit(lambda: show(group, hint))

    def touched(self, hint: dict[str, Any]) -> None:
        """Sends a hint to the pages that show it, and has the owner's lists fetched."""
        self.tell_pages(hint)
        self.show_in_lists()


def ended(answer_id: UUID, shown: Snapshot | None) -> dict[str, Any]:
    """The hint to fetch an answer; pages that show it as far as `shown` may keep its text."""
    hint: dict[str, Any] = {"kind": "changed", "message": str(answer_id)}
    if shown is not None:
        hint |= {"run": str(shown.run_id), "epoch": shown.epoch, "to": shown.offset}
    return hint


def show_lists(person_id: UUID) -> None:
    """Has a person's open pages fetch their list of conversations, once this is committed."""
    group = person_group(person_id)
    transaction.on_commit(lambda: show(group, {"kind": "list"}))
