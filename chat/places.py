"""Where a message stands that somebody wants to see, be it far up or in another version."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import prefetch_related_objects

from chat import thread
from chat.models import Message, refresh_html

# Messages before and after it on a page of its own.
BEFORE, AFTER = 10, 10


@dataclass(frozen=True)
class Place:
    """A message with those around it; `is_chosen` where they are of the path that is shown."""

    message: Message
    messages: list[Message]
    is_chosen: bool


def start_near_end(message: Message) -> UUID | None:
    """The message that the conversation's page begins with, to show this one with its question.

    None if it is too far from the end for one page, or not on the path.
    """
    below = _path_from(message, thread.MOST)
    if not below:
        return None
    with_question = message.is_answer and len(below) < thread.MOST
    return message.parent_id if with_question else message.pk


def around(message: Message) -> Place:
    """What stands before and after a message; in a version that is not chosen, the newest after."""
    path = _path_from(message)
    ids = path[1 : AFTER + 1] if path else _newest_below(message)
    by_id = Message.objects.in_bulk(ids)
    before = Message.objects.path_to(message.pk, BEFORE + 1)
    messages = [*before, *(by_id[pk] for pk in ids if pk in by_id)]
    prefetch_related_objects(messages, "author")
    refresh_html(messages)
    return Place(message, messages, bool(path))


def _path_from(message: Message, most: int | None = None) -> list[UUID]:
    """The ids from it to the end of the chosen path, one query; empty if it is not on that path.

    Also if it is not among the `most` last ones.
    """
    key = Message._meta.pk
    ends = (message.conversation.leaf_id, message.pk)
    values: list[Any] = [key.get_db_prep_value(each, connection) for each in ends]
    up_to = "" if most is None else "AND path.depth < %s"
    found = Message.objects.raw(
        f"""
        WITH RECURSIVE path(id, parent_id, depth) AS (
            SELECT id, parent_id, 1 FROM chat_message WHERE id = %s
            UNION ALL
            SELECT above.id, above.parent_id, path.depth + 1
            FROM chat_message above JOIN path ON above.id = path.parent_id
            WHERE path.id <> %s {up_to}
        )
        SELECT id FROM path ORDER BY depth DESC
        """,  # noqa: S608 -- only a condition of ours goes in
        values if most is None else [*values, most],
    )
    ids = [each.pk for each in found]
    return ids if ids and ids[0] == message.pk else []


def _newest_below(message: Message) -> list[UUID]:
    ids: list[UUID] = []
    at: UUID | None = message.pk
    while at and len(ids) < AFTER:
        children = message.conversation.messages.filter(parent=at).order_by("-created_at", "pk")
        at = children.values_list("pk", flat=True).first()
        ids += [at] if at else []
    return ids
