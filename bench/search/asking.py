"""Asks as the dialog asks, through Django's client, and times that."""

import time
from collections.abc import Iterator
from datetime import date, timedelta

from django.test import Client

from accounts.models import Person
from bench.prepare import BACKEND
from bench.search.language import Language
from bench.search.making import BEGINNING, MODELS, PLACES, Owner

Asked = dict[str, str]


def kinds(language: Language, owner: Owner, days: int, each: int) -> Iterator[tuple[str, Asked]]:
    """What is asked, each with the name of its kind."""
    for kind, queries in language.queries(each).items():
        yield from ((kind, {"q": words}) for words in queries)
    for kind, asked in _filters(owner, days).items():
        for rank, queries in language.filtered(each).items():
            yield from ((f"{kind}, a {rank} word", {"q": words, **asked}) for words in queries)


def _filters(owner: Owner, days: int) -> dict[str, Asked]:
    first = BEGINNING.date()
    named: dict[str, Asked] = {}
    for place in PLACES:
        named[f"in a {place} folder"] = {"folder": str(owner.folders[place])}
        named[f"with a {place} tag"] = {"tag": str(owner.tags[place])}
    usual, *_, seldom = MODELS
    return {
        **named,
        "a model often used": {"model": usual},
        "a model seldom used": {"model": seldom},
        "on the first day": {"until": str(first)},
        "in a week": _week(first + timedelta(days=days // 2)),
    }


def _week(first: date) -> Asked:
    return {"since": str(first), "until": str(first + timedelta(days=7))}


def ask(language: Language, owner: Owner, days: int, each: int) -> dict[str, list[float]]:
    """Milliseconds for what the dialog gets, by kind."""
    client = Client(headers={"host": "localhost"})
    client.force_login(Person.objects.get(pk=owner.pk), BACKEND)
    _timed(client, {"q": "warm up"})
    times: dict[str, list[float]] = {}
    for kind, asked in kinds(language, owner, days, each):
        times.setdefault(kind, []).append(_timed(client, asked))
    return times


def _timed(client: Client, asked: Asked) -> float:
    began = time.perf_counter()
    answer = client.get("/search/", asked, headers={"HX-Request": "true"})
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, (asked, answer.status_code)
    return took
