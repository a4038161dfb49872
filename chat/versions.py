"""The versions of a question or an answer: its siblings in the tree, the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from chat.models import Conversation, Message


@dataclass(frozen=True)
class Versions:
    """Where a message stands among its siblings, with the ids of those beside it."""

    number: int
    count: int
    before: UUID | None
    after: UUID | None


def versions_of(conversation: Conversation, messages: Sequence[Message]) -> dict[UUID, Versions]:
    """For each of the conversation's messages that has siblings; one query for all of them."""
    if not messages:
        return {}
    parents = {message.parent_id for message in messages}
    together = Q(parent__in=parents - {None})
    if None in parents:
        together |= Q(parent=None)
    rows = conversation.messages.filter(together).order_by("created_at", "pk")
    siblings: dict[UUID | None, list[UUID]] = {}
    for parent, pk in rows.values_list("parent", "pk"):
        siblings.setdefault(parent, []).append(pk)
    found = {}
    for message in messages:
        ids = siblings.get(message.parent_id, [])
        if len(ids) > 1 and message.pk in ids:
            found[message.pk] = _place(ids, ids.index(message.pk))
    return found


def _place(ids: list[UUID], index: int) -> Versions:
    return Versions(
        number=index + 1,
        count=len(ids),
        before=ids[index - 1] if index else None,
        after=ids[index + 1] if index + 1 < len(ids) else None,
    )
