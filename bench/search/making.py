"""Makes rows for conversations and their messages, and what the index holds of them.

A process of its own makes them while another one writes; so a million takes half the time.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models

from bench.search.language import Language
from chat.models import Conversation, Message
from chat.models.role import Role
from chat.search import words
from chat.search.index import first_id, of_model
from chat.search.store import MESSAGE, TITLE, Row, of_conversation, of_owner, of_sign

IN_A_CONVERSATION = 20
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
# Half a minute lies between two messages, and conversations follow each other.
PACE_S = 30
WORDS_ASKED, WORDS_ANSWERED, WORDS_IN_TITLE = 12, 60, 4
SIGNS_TO_A_WORD = 2
# One in so many conversations is in a language without spaces; one in so many messages has a
# number of its own.
EVERY_UNSPACED, EVERY_NUMBERED = 10, 20
# Whose conversations: every so-manieth, the last name that fits.
OWNERS = {"most": 1, "a third": 3, "one in 100": 100, "one in 10,000": 10_000}
# Of each person's conversations: every so-manieth, the last name that fits.
MODELS = {"llama3.2:3b": 1, "qwen3:8b": 5, "gemma3:27b": 50}
PLACES = {"large": 3, "small": 400}  # names of folders and tags

Values = dict[str, Any]


@dataclass
class Owner:
    """A person's id, and those of a folder and a tag for each name of PLACES."""

    pk: uuid.UUID
    folders: dict[str, uuid.UUID]
    tags: dict[str, uuid.UUID]


@dataclass
class Made:
    """Rows as the database takes them, in the order of their tables' columns."""

    conversations: list[Sequence[Any]] = field(default_factory=list)
    messages: list[Sequence[Any]] = field(default_factory=list)
    tagged: list[tuple[uuid.UUID, uuid.UUID]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


class Maker:
    """Makes all that belongs to some numbers of conversations. Stays in the process it is made in.

    Conversations of one owner are every so-manieth, so their places among the others are even.
    """

    def __init__(self, people: dict[str, Owner]) -> None:
        self._language = Language()
        self._people = people
        self._counts = dict.fromkeys(people, 0)
        self._conversation, self._message = _Columns(Conversation), _Columns(Message)

    def make(self, numbers: range) -> Made:
        made = Made()
        for number in numbers:
            self._add(made, number)
        return made

    def _add(self, made: Made, number: int) -> None:
        name = last_that_fits(OWNERS, number) or ""
        owner = self._people[name]
        self._counts[name] += 1
        place = last_that_fits(PLACES, self._counts[name])
        moment = BEGINNING + timedelta(seconds=PACE_S * IN_A_CONVERSATION * number)
        conversation: Values = {
            "id": uuid.uuid4(),
            "owner_id": owner.pk,
            "title": self._language.text(WORDS_IN_TITLE),
            "model_name": last_that_fits(MODELS, self._counts[name]),
            "folder_id": owner.folders[place] if place else None,
            "created_at": moment,
            "updated_at": moment,
        }
        made.conversations.append(self._conversation.row(conversation))
        if place:
            made.tagged.append((conversation["id"], owner.tags[place]))
        made.rows.append(_row(conversation, None))
        for message in self._messages(conversation, number):
            made.messages.append(self._message.row(message))
            made.rows.append(_row(conversation, message))

    def _messages(self, conversation: Values, number: int) -> Iterator[Values]:
        parent: uuid.UUID | None = None
        for place in range(IN_A_CONVERSATION):
            is_answer = bool(place % 2)
            length = WORDS_ANSWERED if is_answer else WORDS_ASKED
            if number % EVERY_UNSPACED:
                text = self._language.text(length)
            else:
                text = self._language.unspaced(SIGNS_TO_A_WORD * length)
            overall = number * IN_A_CONVERSATION + place
            message: Values = {
                "id": uuid.uuid4(),
                "conversation_id": conversation["id"],
                "parent_id": parent,
                "role": Role.ASSISTANT.value if is_answer else Role.USER.value,
                "model_name": conversation["model_name"] if is_answer else "",
                "text": text if overall % EVERY_NUMBERED else f"{text} no{overall}",
                "created_at": conversation["created_at"] + timedelta(seconds=PACE_S * place + 1),
            }
            parent = message["id"]
            yield message


def last_that_fits(names: dict[str, int], number: int) -> str | None:
    fits = [name for name, every in names.items() if number % every == every - 1]
    return fits[-1] if fits else None


def _row(conversation: Values, message: Values | None) -> Row:
    """What the index gets: of the message, or of the title."""
    kind, text = (MESSAGE, message["text"]) if message else (TITLE, conversation["title"])
    facets = [of_owner(kind, conversation["owner_id"]), of_conversation(conversation["id"])]
    if message and message["model_name"]:
        facets.append(of_model(message["model_name"]))
    return Row(
        id=first_id((message or conversation)["created_at"]),
        owner_id=conversation["owner_id"],
        conversation_id=conversation["id"],
        message_id=message["id"] if message else None,
        start=0,
        length=len(text),
        facets=[*facets, *map(of_sign, sorted(words.signs(text)))],
        words=words.words(text),
    )


class _Columns:
    """Those of a model's table: what a row does not name is the field's default."""

    def __init__(self, model: type[models.Model]) -> None:
        empty = model()
        self._fields = {field.attname: field for field in model._meta.concrete_fields}
        self._empty = {
            name: field.get_db_prep_save(getattr(empty, name), connection)
            for name, field in self._fields.items()
        }

    def row(self, values: Values) -> list[Any]:
        prepared = {
            name: self._fields[name].get_db_prep_value(value, connection)
            for name, value in values.items()
        }
        return list({**self._empty, **prepared}.values())
