"""A search that takes too long is given up, and sooner where the same person asks again."""

from types import SimpleNamespace

import pytest
from django.db import connection

from chat.search import find, parse, patience
from chat.search.patience import Look
from chat.search.store import PATIENCE_S

ONLY_SQLITE = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL has a statement_timeout"
)


@pytest.fixture
def passes(monkeypatch):
    """A function: lets some seconds pass."""
    now = [0.0]
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def wait(seconds):
        now[0] += seconds

    return wait


def test_a_look_has_two_seconds(ann, passes):
    look = Look(ann.pk)
    passes(PATIENCE_S)
    assert not look.has_to_end()
    passes(0.1)
    assert look.has_to_end()


def test_a_slow_look_makes_way_for_the_next_one_of_the_same_person(ann, bob, passes):
    bobs, first, second = Look(bob.pk), Look(ann.pk), Look(ann.pk)
    passes(patience.SLOW_S)
    assert not first.has_to_end()
    passes(0.1)
    assert first.has_to_end()
    assert not second.has_to_end()
    assert not bobs.has_to_end()


@ONLY_SQLITE
def test_a_search_that_has_to_end_says_so(ann, ask, monkeypatch):
    ask(ann, "Why is the sky blue?")
    monkeypatch.setattr(patience, "STEPS", 1)
    monkeypatch.setattr(patience, "PATIENCE_S", -1)
    assert find(ann, parse("sky")).too_long
