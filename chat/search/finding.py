"""Looks into the index for one person, and makes of what is found what a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, ExpressionWrapper, F, IntegerField, OuterRef
from django.db.models.functions import Substr

from accounts.models import Person
from chat.models import Conversation, Message, SearchEntry
from chat.search.index import catch_up, first_id, of_model
from chat.search.marking import BEFORE_IN_LINE, Piece, excerpt, marked
from chat.search.query import Query
from chat.search.store import MESSAGE, TITLE, TooLong, Wanted
from chat.search.stores import store

# Titles above the messages, and messages on a page and in the dialog.
TITLES, MESSAGES, MESSAGES_IN_DIALOG = 5, 20, 8
# Conversations that a search may be narrowed to; of more, the newest.
MOST_CONVERSATIONS = 500
EARLIEST, LATEST = 0, 2**62


@dataclass(frozen=True)
class Filters:
    """What else must be so. Days are whole ones of UTC, both included."""

    model: str = ""
    since: date | None = None
    until: date | None = None
    # Where only some conversations are looked through: of a folder, say, or with a tag.
    conversations: Sequence[UUID] | None = None


@dataclass(frozen=True)
class Hit:
    """A title or a message that was found; `query` is what is marked in it."""

    entry: SearchEntry
    query: Query = field(repr=False)
    text: str = field(repr=False)

    @property
    def conversation(self) -> Conversation:
        return self.entry.conversation

    @property
    def message(self) -> Message | None:
        return self.entry.message

    @cached_property
    def excerpt(self) -> list[Piece]:
        return excerpt(self.text, self.query)

    @cached_property
    def line(self) -> list[Piece]:
        """The same for one line."""
        return excerpt(self.text, self.query, BEFORE_IN_LINE)

    @cached_property
    def title(self) -> list[Piece]:
        return marked(self.conversation.title, self.query)


@dataclass(frozen=True)
class Found:
    """What a search found, newest first; `more` is for the next page.

    `too_long` says that it was given up, `behind` that some messages are not read in yet.
    """

    titles: list[Hit] = field(default_factory=list)
    messages: list[Hit] = field(default_factory=list)
    more: int | None = None
    too_long: bool = False
    behind: bool = False

    @property
    def count(self) -> int:
        return len(self.titles) + len(self.messages)


def find(
    person: Person,
    query: Query,
    filters: Filters | None = None,
    before: int | None = None,
    most: int = MESSAGES,
) -> Found:
    """The person's own messages with all the terms, the newest first, and titles above them.

    At most `most` messages; `before` is the `more` of the page before, which has no titles.
    """
    if not query:
        return Found()
    filters = filters or Filters()
    behind = not catch_up(person.pk)
    try:
        titles = [] if before or filters.model else _ids(person, query, filters, TITLE, TITLES)
        # One more than is shown says whether there is more.
        found = _ids(person, query, filters, MESSAGE, most + 1, before)
    except TooLong:
        return Found(too_long=True, behind=behind)
    hits = _hits(person, query, [*titles, *found[:most]])
    return Found(
        titles=[hit for hit in hits if hit.message is None],
        messages=_once([hit for hit in hits if hit.message is not None]),
        more=found[most - 1] if len(found) > most else None,
        behind=behind,
    )


def _ids(
    person: Person,
    query: Query,
    filters: Filters,
    kind: str,
    limit: int,
    before: int | None = None,
) -> list[int]:
    only = filters.conversations
    if only is not None and not only:
        return []
    last = _midnight(filters.until, 1) - 1 if filters.until else LATEST
    return store().find(
        Wanted(
            owner_id=person.pk,
            kind=kind,
            facets=[of_model(filters.model)] if filters.model else [],
            conversations=(only or ())[:MOST_CONVERSATIONS],
            terms=query.terms,
            first=_midnight(filters.since) if filters.since else EARLIEST,
            last=min(last, before - 1) if before else last,
            limit=limit,
        )
    )


def _midnight(day: date, later: int = 0) -> int:
    return first_id(datetime.combine(day, time(), UTC)) + later * int(
        timedelta(days=1).total_seconds() * 1000
    )


def _hits(person: Person, query: Query, ids: list[int]) -> list[Hit]:
    """The entries with the words that stand there now, in the order of the ids."""
    # By the id of each: of a list of ids, SQLite would rather read all that the person has.
    listed = Conversation.objects.listed_for(person).filter(pk=OuterRef("conversation"))
    mine = SearchEntry.objects.filter(Exists(listed), pk__in=ids).order_by("-pk")
    # Only the part that was found: the whole may have a megabyte.
    length = ExpressionWrapper(F("length"), IntegerField())
    part = Substr("message__text", F("start") + 1, length)
    shown = mine.select_related("conversation", "message").annotate(part=part)
    heavy = [f"message__{name}" for name in ("text", "thinking", "html", "thinking_html")]
    rows = shown.defer(*heavy, "conversation__settings")
    return [Hit(entry, query, entry.part or entry.conversation.title) for entry in rows]


def _once(hits: list[Hit]) -> list[Hit]:
    """Each message with the first of its parts that was found."""
    return list({hit.entry.message_id: hit for hit in reversed(hits)}.values())[::-1]
