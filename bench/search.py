"""Search among many messages: fills an empty data folder, asks as the dialog asks, and times that.

Run with the bench's data folder: `python -m bench.search 1000000` prints one JSON object, times in
milliseconds. Of the messages one person has nearly all, one some, and one only a few; the words
are made up, and as frequent as words are (Zipf's law), so there are very common and very rare ones.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webchat.settings")
django.setup()

from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.models import Person
from bench.prepare import BACKEND, MODEL
from chat.models import Conversation, Message, SearchDue
from chat.models.role import Role
from chat.search import catch_up, words
from chat.search.index import first_id, of_model
from chat.search.store import MESSAGE, Row, of_conversation, of_owner
from chat.search.stores import store

# Of how many messages one is whose, and the messages of a conversation.
OWNERS = {"all": 1, "some": 100, "few": 10_000}
IN_A_CONVERSATION = 20
WORDS_ASKED, WORDS_ANSWERED = 12, 60
VOCABULARY = 30_000
BATCH = 5_000
EACH = 20  # searches of each kind and person
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)


class Language:
    """Words of two to eight letters; `common` is more frequent than `usual`, and so on."""

    def __init__(self) -> None:
        self._random = random.Random(1)  # noqa: S311 -- the same words in each run
        syllables = [a + b for a in "bcdfghjklmnprstvw" for b in "aeiou"]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words[
                "".join(self._random.choices(syllables, k=self._random.choice([1, 2, 2, 3, 4])))
            ] = None
        self.words = list(words)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))

    def text(self, length: int) -> str:
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=length))

    def queries(self) -> dict[str, list[str]]:
        """What is typed, by kind."""
        common, usual, rare = self.words[:20], self.words[300:2_000], self.words[-5_000:]

        def some(*kinds: list[str]) -> list[str]:
            return [" ".join(map(self._random.choice, kinds)) for _ in range(EACH)]

        return {
            "a common word": some(common),
            "two common words": some(common, common),
            "a usual word": some(usual),
            "two usual words": some(usual, usual),
            "a rare word": some(rare),
            "a rare and a common word": some(rare, common),
            "a word nobody wrote": [f"q{word}x" for word in some(usual)],
            "two letters": [word[:2] for word in some(usual)],
            "three letters": [word[:3] for word in some(usual)],
            "five letters": [word[:5] for word in some([w for w in usual if len(w) > 5])],
            "a phrase": [f'"{words}"' for words in some(common, common)],
        }


def conversations(people: dict[str, Person], total: int) -> Iterator[Conversation]:
    """Who has one is spread over the whole time."""
    for number in range(total):
        fits = [name for name, every in OWNERS.items() if number % every == every - 1]
        yield Conversation(
            owner=people[fits[-1]],
            title=f"Conversation {number}",
            model_name=MODEL,
            created_at=BEGINNING + timedelta(seconds=30 * IN_A_CONVERSATION * number),
        )


def messages(language: Language, made: list[Conversation], start: int) -> Iterator[Message]:
    number = count(start)
    for conversation in made:
        parent: UUID | None = None
        for place in range(IN_A_CONVERSATION):
            is_answer = bool(place % 2)
            message = Message(
                conversation=conversation,
                parent_id=parent,
                role=Role.ASSISTANT if is_answer else Role.USER,
                model_name=MODEL if is_answer else "",
                text=language.text(WORDS_ANSWERED if is_answer else WORDS_ASKED),
                created_at=BEGINNING + timedelta(seconds=30 * next(number)),
            )
            parent = message.pk
            yield message


def fill(language: Language, people: dict[str, Person], total: int) -> None:
    """The messages, and the index as `catch_up` would make it, in larger pieces."""
    number = 0
    every = list(conversations(people, max(1, total // IN_A_CONVERSATION)))
    for start in range(0, len(every), BATCH // IN_A_CONVERSATION):
        made = every[start : start + BATCH // IN_A_CONVERSATION]
        new = list(messages(language, made, number))
        number += len(new)
        with transaction.atomic():
            Conversation.objects.bulk_create(made)
            Message.objects.bulk_create(new, batch_size=500)
            SearchDue.objects.exclude(message_id=None).delete()
            store().insert([row(message) for message in new])
    catch_up(seconds=3_600)  # the titles


def row(message: Message) -> Row:
    conversation = message.conversation
    facets = [of_owner(MESSAGE, conversation.owner_id), of_conversation(conversation.pk)]
    if message.model_name:
        facets.append(of_model(message.model_name))
    return Row(
        id=first_id(message.created_at),
        owner_id=conversation.owner_id,
        conversation_id=conversation.pk,
        message_id=message.pk,
        start=0,
        length=len(message.text),
        facets=facets,
        words=words.words(message.text),
    )


def timed(client: Client, words: str) -> float:
    """Milliseconds for what the dialog gets."""
    began = time.perf_counter()
    answer = client.get("/search/", {"q": words}, headers={"HX-Request": "true"})
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200
    return took


def measure(total: int) -> dict[str, Any]:
    language = Language()
    people = {name: Person.objects.create_person(f"has-{name}", None) for name in OWNERS}
    began = time.monotonic()
    fill(language, people, total)
    filled = time.monotonic() - began
    times: dict[str, list[float]] = {}
    for name, person in people.items():
        client = Client(headers={"host": "localhost"})
        client.force_login(person, BACKEND)
        timed(client, "warm up")
        for kind, queries in language.queries().items():
            times[f"{name}: {kind}"] = [timed(client, words) for words in queries]
    return {"messages": total, "fill_s": filled, "times": times}


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    if Person.objects.exists():
        sys.exit("This is for an empty data folder or database.")
    print(json.dumps(measure(int(sys.argv[1]))))
