"""What the index is to the rest: the same few verbs on SQLite and PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chat.search.query import Term

# No word has this sign, so facets stand among the words and are found like them.
FACET = "§"
# What an entry is of.
TITLE, MESSAGE = "t", "m"
# Seconds for one look into the index; what takes longer is given up, and the person told.
PATIENCE_S = 2.0


class TooLong(Exception):
    """The index could not answer in time."""


@dataclass(frozen=True)
class Row:
    """An entry with its words."""

    id: int
    owner_id: UUID
    conversation_id: UUID
    message_id: UUID | None
    start: int
    length: int
    facets: Sequence[str]
    words: Sequence[str]


@dataclass(frozen=True)
class Wanted:
    """Entries of one kind and owner, with all facets and terms, of some conversations if any.

    The conversations are the owner's, and listed.
    """

    owner_id: UUID
    kind: str
    facets: Sequence[str]
    conversations: Sequence[UUID]
    terms: Sequence[Term]
    first: int  # of the ids, both included
    last: int
    limit: int

    @property
    def all_facets(self) -> list[str]:
        signs = (term.sign for term in self.terms)
        own = of_owner(self.kind, self.owner_id)
        return [own, *self.facets, *(of_sign(sign) for sign in signs if sign)]

    @property
    def any_of(self) -> list[str]:
        """Facets of which an entry has one."""
        return [of_conversation(pk) for pk in self.conversations]

    @property
    def phrases(self) -> list[Term]:
        """The terms that are words."""
        return [term for term in self.terms if not term.sign]


class Store(Protocol):
    """The index of one kind of database. All run in the caller's transaction."""

    def make(self) -> None:
        """Makes what the migration's tables lack."""

    def make_triggers(self) -> None:
        """Makes the triggers, if they are not there."""

    def drop_triggers(self) -> None:
        """Drops those that are in the way of migrations."""

    def lock(self) -> None:
        """Keeps others from writing to the index until the transaction ends."""

    def insert(self, rows: Sequence[Row]) -> None:
        """Adds entries with their words."""

    def forget(self) -> bool:
        """A step after the last of which no word of erased entries is left; False after that."""

    def find(self, wanted: Wanted) -> list[int]:
        """The ids of the newest entries, newest first, of conversations that are listed.

        Raises TooLong.
        """


def of_owner(kind: str, owner_id: UUID) -> str:
    """That of one's titles, or of one's messages: in one word, as each word costs time."""
    return f"{FACET}{kind}{owner_id.hex}"


def of_conversation(conversation_id: UUID) -> str:
    return f"{FACET}c{conversation_id.hex}"


def of_sign(sign: str) -> str:
    return f"{FACET}{sign}"
