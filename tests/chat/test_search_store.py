"""The store finds what a look at each entry would find, however few it looks through at first."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation, Message
from chat.search import parse, postgres, sqlite_find, words
from chat.search.index import of_model
from chat.search.store import MESSAGE, TITLE, Row, Wanted, of_conversation, of_owner, of_sign
from chat.search.stores import store

LONG = "x" * words.LONGEST_WORD
TEXTS = [
    "inter", "internal", "international", "Internet", "interval", "in", "the", "then", "there",
    "Übergröße", "ubergrossen", "Café", "cafeteria", "Name™", "2026", "20260101", "a_b",
    "東京", "東京都庁", "明日は東京で", "がっこう", "สวัสดี", "Привет", "приветствие", "हिन्दी",
    LONG, f"{LONG}one", f"{LONG}two", f"{LONG[:-1]}y", "§m", "OR", '"',
]  # fmt: skip
ASKED = [
    *TEXTS, "interna", "internat", "inter internal", "the inter", '"the inter"', "the.interna",
    '"the internal"', "ubergro", "ubergross café", "cafet", "202601", "京都", "東", "京 internal",
    "приветст", "हिन्दी inter", f"the.{LONG}", f"internal {LONG}one", f'"{LONG} the"', "interno",
]  # fmt: skip
MODELS = ["pip:latest", "pip-think:latest"]
ENTRIES = 400


@pytest.fixture
def entries(ann, eve):
    """Titles and messages of both; of some conversations that are deleted, or another's by now."""
    rng = random.Random(7)
    owners = [ann, ann, ann, eve]
    talks = [Conversation.objects.create(owner=rng.choice(owners), title="") for _ in range(12)]
    for talk in talks:
        Message.objects.create(conversation=talk, text="")
    rows = [_row(rng, pk, rng.choice(talks)) for pk in range(ENTRIES)]
    store().insert(rows)
    Conversation.objects.filter(pk=talks[0].pk).update(erase_at=timezone.now() + timedelta(days=1))
    for talk, other in zip(talks[1:3], (ann, eve), strict=True):
        Conversation.objects.filter(pk=talk.pk).update(owner=other)
    return rows


def _row(rng, pk, conversation):
    kind, model = rng.choice([TITLE, MESSAGE, MESSAGE]), rng.choice(["", *MODELS])
    text = " ".join(rng.choices(TEXTS, k=rng.randrange(1, 9)))
    facets = [of_owner(kind, conversation.owner_id), of_conversation(conversation.pk)]
    facets += [of_model(model)] if model else []
    facets += map(of_sign, sorted(words.signs(text)))
    message = None if kind == TITLE else conversation.messages.get().pk
    return Row(
        id=pk,
        owner_id=conversation.owner_id,
        conversation_id=conversation.pk,
        message_id=message,
        start=0,
        length=len(text),
        facets=facets,
        words=words.words(text),
    )


def _some_wanted(rng, person, rows):
    mine = sorted({row.conversation_id for row in rows if row.owner_id == person.pk})
    return Wanted(
        owner_id=person.pk,
        kind=rng.choice([TITLE, MESSAGE]),
        facets=[of_model(rng.choice(MODELS))] if rng.random() < 0.2 else [],
        conversations=rng.sample(mine, rng.choice([0, 0, 1, len(mine) // 2])),
        terms=parse(" ".join(rng.choices(ASKED, k=rng.choice([1, 1, 2])))).terms,
        first=rng.choice([0, 0, rng.randrange(ENTRIES)]),
        last=rng.choice([ENTRIES, ENTRIES, rng.randrange(ENTRIES)]),
        limit=rng.choice([1, 3, 21]),
    )


def _one_by_one(rows, wanted):
    listed = Conversation.objects.filter(owner=wanted.owner_id, erase_at=None)
    among = set(listed.values_list("pk", flat=True))
    among &= set(wanted.conversations or among)
    found = [
        row.id
        for row in rows
        if wanted.first <= row.id <= wanted.last
        and row.conversation_id in among
        and set(wanted.all_facets) <= set(row.facets)
        and all(_stands(term, row.words) for term in wanted.phrases)
    ]
    return found[::-1][: wanted.limit]


def _stands(term, of_entry):
    *firsts, last = term.words
    return any(
        of_entry[at : at + len(firsts)] == firsts
        and (word.startswith(last) if term.is_prefix else word == last)
        for at, word in enumerate(of_entry[len(firsts) :])
    )


@pytest.mark.parametrize("newest", [0, 3, 20, 1_000])
def test_finds_what_a_look_at_each_entry_finds(ann, eve, entries, monkeypatch, newest):
    monkeypatch.setattr(sqlite_find, "MANY", 2)
    for name in ("MISSES", "OTHERS"):
        monkeypatch.setattr(sqlite_find, name, newest)
    monkeypatch.setattr(postgres, "NEWEST", newest + 1)
    monkeypatch.setattr(postgres, "FEW", 1)
    rng = random.Random(newest)
    found_some = 0
    for _ in range(200):
        wanted = _some_wanted(rng, rng.choice([ann, ann, eve]), entries)
        found = store().find(wanted)
        assert found == _one_by_one(entries, wanted), wanted
        found_some += bool(found)
    assert found_some > 50
