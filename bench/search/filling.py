"""Fills a database with people, conversations and messages, and the index with their words.

Rows go past Django's models, and past the triggers that note what is to be read in; the index gets
what `catch_up` would give it, in larger pieces.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from django.db import connection, models, transaction

from accounts.models import Person
from bench.search.making import IN_A_CONVERSATION, OWNERS, PLACES, Made, Maker, Owner
from chat.models import Conversation, Message, SearchDue
from chat.models.folder import Folder
from chat.models.tag import Tag
from chat.search.stores import store

BATCH = 250  # conversations a transaction
AHEAD = 3  # batches that are made while one is written
# For the time of filling: the usual cache is too small for keys that come in no order.
_SQLITE_AT_EASE = ("PRAGMA cache_size = -300000", "PRAGMA synchronous = OFF")


def owners() -> dict[str, Person]:
    """A person for each share."""
    return {
        name: Person.objects.create_person(f"has-{number}", None)
        for number, name in enumerate(OWNERS)
    }


def places(person: Person) -> Owner:
    """The person's folders and tags, made."""
    return Owner(
        person.pk,
        {name: Folder.objects.with_name(person, name).pk for name in PLACES},
        {name: Tag.objects.create(owner=person, name=name).pk for name in PLACES},
    )


def fill(people: dict[str, Owner], total: int) -> None:
    """So many messages. The owners' conversations lie evenly among each other."""
    store().drop_triggers()
    _run(*(_SQLITE_AT_EASE if connection.vendor == "sqlite" else ()))
    for made in _made(people, max(1, total // IN_A_CONVERSATION)):
        with transaction.atomic():
            _write(made)
    store().make_triggers()
    _run("ANALYZE")
    connection.close()


_maker: Maker


def _begin(people: dict[str, Owner]) -> None:
    global _maker
    _maker = Maker(people)


def _make(numbers: range) -> Made:
    return _maker.make(numbers)


def _made(people: dict[str, Owner], count: int) -> Iterator[Made]:
    ahead: deque[Future[Made]] = deque()
    forked = multiprocessing.get_context("fork")  # has Django set up; asks no database
    with ProcessPoolExecutor(1, forked, _begin, (people,)) as process:
        for start in range(0, count, BATCH):
            ahead.append(process.submit(_make, range(start, min(count, start + BATCH))))
            if len(ahead) > AHEAD:
                yield ahead.popleft().result()
        for made in ahead:
            yield made.result()


def _write(made: Made) -> None:
    _insert(Conversation, made.conversations)
    _insert(Message, made.messages)
    through = Conversation.tags.through
    through.objects.bulk_create(
        through(conversation_id=conversation, tag_id=tag) for conversation, tag in made.tagged
    )
    SearchDue.objects.all().delete()
    store().insert(made.rows)


def _insert(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> None:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({values})",  # noqa: S608 -- ours
            rows,
        )


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
