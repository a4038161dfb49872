"""Reads into the index what was written or changed."""

import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import accumulate, islice
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Length

from chat.models import Conversation, Message, SearchDue, SearchEntry
from chat.search import words
from chat.search.store import (
    FACET,
    MESSAGE,
    TITLE,
    Row,
    of_conversation,
    of_owner,
    of_sign,
)
from chat.search.stores import store

# What one transaction reads in, and the seconds that a person waits for it at most.
BATCH = 50
# Code points that one transaction reads in, but for a longer message: 0.5 s a million, for which
# nobody else can write to SQLite.
MOST_AT_ONCE = 1_000_000
PATIENCE_S = 0.5
# Code points: a longer message has several entries, as a tsvector holds 16,383 words.
LONGEST_PART = 16_000
# How far back a cut may look for white space.
SEAM = 200
# The last white space.
_SPACES = re.compile(r"\s(?=\S*\Z)")


def catch_up(owner_id: UUID | None = None, seconds: float = PATIENCE_S) -> bool:
    """Reads in what is due, of one person or of all, the newest first, for some seconds.

    False if something is left. Where another process is at it already, it waits for a moment.
    """
    until = time.monotonic() + seconds
    due = (
        SearchDue.objects.all() if owner_id is None else SearchDue.objects.filter(owner_id=owner_id)
    )
    while due.exists():
        with transaction.atomic():
            store().lock()
            batch = _at_once(list(due.order_by("-pk")[:BATCH]))
            _read_in(batch)
            SearchDue.objects.filter(pk__in=[each.pk for each in batch]).delete()
        if time.monotonic() > until:
            return not due.exists()
    return True


def forget() -> bool:
    """Takes a step of removing what was erased from the index's files; False if none is left."""
    with transaction.atomic():
        store().lock()
        return store().forget()


def of_model(name: str) -> str:
    """The facet of the answers of a model."""
    return f"{FACET}a{sha256(name.encode()).hexdigest()[:16]}"


def first_id(moment: datetime) -> int:
    """The first id that a text of this time can have: its milliseconds."""
    return int(moment.timestamp() * 1000)


def parts(text: str) -> Iterator[tuple[int, str]]:
    """The text in parts, each with where it starts, cut at white space where there is some."""
    start = 0
    while start < len(text):
        end = start + LONGEST_PART
        if end < len(text):
            last_space = _SPACES.search(text, end - SEAM, end)
            end = last_space.end() if last_space else end
        yield start, text[start:end]
        start = end


def _at_once(found: Sequence[SearchDue]) -> Sequence[SearchDue]:
    """The first of them, as many as one transaction reads in."""
    messages = Message.objects.filter(pk__in=[each.message_id for each in found if each.message_id])
    lengths: dict[UUID | None, int] = dict(
        messages.annotate(length=Length("text")).values_list("pk", "length")
    )
    sums = accumulate(lengths.get(each.message_id, 0) for each in found)
    return found[: max(1, sum(1 for so_far in sums if so_far <= MOST_AT_ONCE))]


def _read_in(batch: Sequence[SearchDue]) -> None:
    messages = {each.message_id for each in batch if each.message_id}
    titles = {each.conversation_id for each in batch if not each.message_id}
    SearchEntry.objects.filter(message__in=messages).delete()
    # Asked for in one go, SQLite would look through the titles of everybody.
    entries = SearchEntry.objects.filter(conversation__in=titles)
    before = [pk for pk, message in entries.values_list("pk", "message") if message is None]
    SearchEntry.objects.filter(pk__in=before).delete()
    # A temporary conversation is due when it is kept.
    ids = _FreeIds()
    rows: list[Row] = []
    for conversation in Conversation.objects.filter(pk__in=titles, is_temporary=False):
        rows += _rows(ids, conversation, conversation.title, conversation.created_at)
    found = Message.objects.filter(pk__in=messages, conversation__is_temporary=False)
    shown = (
        found.exclude(text="")
        .select_related("conversation")
        .only("text", "model_name", "created_at", "conversation__owner")
    )
    for message in shown.iterator(chunk_size=10):
        rows += _rows(ids, message.conversation, message.text, message.created_at, message)
    store().insert(rows)


def _rows(
    ids: "_FreeIds",
    conversation: Conversation,
    text: str,
    moment: datetime,
    message: Message | None = None,
) -> Iterator[Row]:
    facets = [
        of_owner(MESSAGE if message else TITLE, conversation.owner_id),
        of_conversation(conversation.pk),
    ]
    if message and message.model_name:
        facets.append(of_model(message.model_name))
    cut = list(parts(text))
    for pk, (start, part) in zip(ids.take(moment, len(cut)), cut, strict=True):
        yield Row(
            id=pk,
            owner_id=conversation.owner_id,
            conversation_id=conversation.pk,
            message_id=message.pk if message else None,
            start=start,
            length=len(part),
            facets=[*facets, *map(of_sign, sorted(words.signs(part)))],
            words=words.words(part),
        )


class _FreeIds:
    """Ids that no entry has, for a batch of new ones."""

    # As many more ids than are needed are looked at together.
    WINDOW = 32

    def __init__(self) -> None:
        self._given: set[int] = set()

    def take(self, moment: datetime, count: int) -> list[int]:
        """The nearest after this time, the highest first: so is the first part of a message."""
        found: list[int] = []
        at, size = first_id(moment), count + self.WINDOW
        step = size
        while len(found) < count:
            window = range(at, at + size)
            used = SearchEntry.objects.filter(pk__gte=window.start, pk__lt=window.stop)
            taken = self._given.union(used.values_list("pk", flat=True))
            free = (pk for pk in window if pk not in taken)
            found += islice(free, count - len(found))
            # What was imported may all be of one moment: further and further ahead, few at a time.
            at, step = at + step, 2 * step
        self._given.update(found)
        return found[::-1]
