"""Which conversations a person sees, and where."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from accounts.models import Person

if TYPE_CHECKING:
    from chat.models.conversation import Conversation  # noqa: F401  the base names it

# What the list beside every page holds, but for the pinned ones: its index has this condition.
IN_THE_OPEN = models.Q(erase_at=None, archived_at=None, folder=None, pinned_at=None)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, person: Person) -> "ConversationQuerySet":
        """The person's own that are not deleted: the only way to a conversation."""
        return self.filter(owner=person, deleted_at=None)

    def listed_for(self, person: Person) -> "ConversationQuerySet":
        """Those that lists, search and exports may show: all but the temporary ones."""
        return self.visible_to(person).filter(erase_at=None)

    def in_the_open(self) -> "ConversationQuerySet":
        """Those that are not archived, in no folder and not pinned."""
        return self.filter(IN_THE_OPEN)

    def pinned(self) -> "ConversationQuerySet":
        """Those on top of the list, the one pinned first first."""
        return self.filter(pinned_at__isnull=False, archived_at=None).order_by("pinned_at", "pk")

    def archived(self) -> "ConversationQuerySet":
        return self.filter(archived_at__isnull=False)

    def unarchived(self) -> "ConversationQuerySet":
        return self.filter(archived_at=None)

    def newest_first(self) -> "ConversationQuerySet":
        return self.order_by("-updated_at", "pk")

    def deleted_by(self, person: Person) -> "ConversationQuerySet":
        """The person's own that can be restored."""
        gone = self.filter(owner=person, deleted_at__isnull=False)
        return gone.filter(erase_at__gt=timezone.now())
