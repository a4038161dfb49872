"""Whose turn it is."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Key
from inference import queue
from inference.fairness import HALF_LIFE, Line, Share, decayed, order, slot_seconds
from inference.models import Run
from tests.factories import a_run, a_server, at, claim, finish


@dataclass(frozen=True)
class Waits:
    who: str
    queued_at: datetime
    name: str = ""


def waits(who: str, seconds: float = 0, name: str = "") -> Waits:
    return Waits(who, at(seconds), name)


def served(waiting, shares=None, *, now=0, charge=1.0) -> str:
    return " ".join(run.who for run in order(waiting, shares or {}, at(now), charge=charge))


def test_slot_time_halves_in_ten_minutes():
    assert decayed(60, HALF_LIFE) == 30
    assert decayed(60, 2 * HALF_LIFE) == 15


def test_a_short_run_is_worth_its_seconds():
    assert slot_seconds(at(0), at(10)) == pytest.approx(10, rel=0.01)


@given(st.floats(0, 5000), st.floats(0, 5000), st.floats(0, 5000))
def test_slot_time_is_the_same_in_one_part_or_two(start, first, second):
    middle, end = at(start + first), at(start + first + second)
    parts = decayed(slot_seconds(at(start), middle), second) + slot_seconds(middle, end)
    assert parts == pytest.approx(slot_seconds(at(start), end), abs=1e-3)


def test_who_had_least_of_late_is_next():
    waiting = [waits("ann", 0), waits("bob", 1), waits("eve", 2)]
    shares = {"ann": Share(30.0), "bob": Share(10.0), "eve": Share(20.0)}
    assert served(waiting, shares) == "bob eve ann"


def test_among_equals_the_oldest_is_next():
    assert served([waits("bob", 2), waits("ann", 1), waits("eve", 3)]) == "ann bob eve"


def test_what_faded_away_makes_no_difference():
    waiting = [waits("ann", 0), waits("bob", 1)]
    assert served(waiting, {"ann": Share(0.001)}) == "ann bob"


def test_ann_sends_twenty_and_bob_one_and_bob_is_next():
    assert served([waits("ann")] * 20 + [waits("bob", 5)]).startswith("ann bob ann")


def test_people_who_send_many_take_turns():
    waiting = [waits(who) for who in ("ann", "bob") for _ in range(3)]
    assert served(waiting) == "ann bob ann bob ann bob"


def test_the_runs_of_one_person_go_in_the_order_they_were_sent():
    waiting = [waits("ann", 2, "second"), waits("ann", 1, "first"), waits("ann", 3, "third")]
    assert [run.name for run in order(waiting, {}, at(9), charge=1)] == ["first", "second", "third"]


def test_runs_of_nobody_count_as_one_person():
    waiting = [Waits(None, at(0)), Waits(None, at(0)), waits("ann", 1)]
    assert [run.who for run in order(waiting, {}, at(9), charge=1)] == [None, "ann", None]


def test_who_had_no_turn_for_ten_minutes_goes_before_those_who_had_nothing():
    waiting = [waits("ann", 0), waits("bob", 599)]
    heavy = {"ann": Share(500.0, at(-5))}
    assert served(waiting, heavy, now=599) == "bob ann"
    assert served(waiting, heavy, now=600) == "ann bob"


def test_who_is_overdue_has_one_turn_and_then_waits_as_others():
    waiting = [waits("ann", 0), waits("ann", 0), waits("bob", 590)]
    assert served(waiting, {"ann": Share(500.0)}, now=600) == "ann bob ann"


def test_a_turn_that_somebody_had_lately_counts_against_being_overdue():
    waiting = [waits("ann", 0), waits("bob", 590)]
    assert served(waiting, {"ann": Share(500.0, at(300))}, now=600) == "bob ann"


def test_passes_over_those_who_find_no_seat():
    line = Line([waits("ann", 0), waits("bob", 1)], {}, at(2))
    run, seat = line.take(lambda run: "a seat" if run.who == "bob" else None)
    assert (run.who, seat) == ("bob", "a seat")
    assert line.take(lambda run: None) is None


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.floats(0, 2000)), max_size=30))
def test_everybody_in_line_is_served_once(entries):
    waiting = [waits(who, seconds, str(number)) for number, (who, seconds) in enumerate(entries)]
    served_runs = order(waiting, {"a": Share(9.0)}, at(2000), charge=3)
    assert sorted(served_runs, key=id) == sorted(waiting, key=id)


@pytest.mark.django_db
class TestInTheQueue:
    def test_ann_sends_twenty_and_bob_one_and_bob_is_next(self, ann, bob):
        a_server("pip:latest")
        for _ in range(20):
            a_run(ann, seconds=0)
        (first,) = claim(0)
        bobs = a_run(bob, seconds=5)
        finish(first, 10)

        assert claim(10) == [bobs]

    def test_runs_in_progress_count(self, ann, bob):
        a_server("pip:latest", slots=2)
        a_run(ann, seconds=0)
        a_run(bob, seconds=0)
        finish(next(run for run in claim(0) if run.person == bob), 30)
        a_run(ann, seconds=40)
        bobs = a_run(bob, seconds=50)

        assert claim(60) == [bobs]

    def test_half_an_hour_later_it_counts_for_little(self, ann, bob):
        a_server("pip:latest")
        a_run(ann, seconds=0)
        finish(claim(0)[0], 80)
        a_run(bob, seconds=1880)
        finish(claim(1880)[0], 1900)
        anns = a_run(ann, seconds=1902)
        a_run(bob, seconds=1901)

        assert claim(1902) == [anns]

    def test_what_was_put_back_cost_nothing(self, ann, bob):
        a_server("pip:latest")
        a_run(ann, seconds=0)
        (run,) = claim(0)
        queue.put_back(run.pk, run.epoch, now=at(60))
        a_run(bob, seconds=61)

        assert claim(62) == [run]

    def test_a_service_key_is_one_person(self, ann, bob):
        key = Key.objects.create(person=ann, name="service", prefix="wc", hash="0")
        a_server("pip:latest")
        calls = [
            a_run(None, seconds=0, key=key, purpose=Run.Purpose.API, background=False)
            for _ in range(3)
        ]
        ids = [call.pk for call in calls]
        (first,) = claim(0, purposes=[Run.Purpose.API], only=ids)
        bobs = a_run(bob, seconds=5)
        finish(first, 6)

        assert claim(7) == [bobs]

    def test_background_runs_wait_until_nobody_does(self, ann, bob):
        a_server("pip:latest")
        title = a_run(ann, seconds=0, purpose=Run.Purpose.TITLE)
        answers = [a_run(bob, seconds=1), a_run(bob, seconds=2)]
        done = []
        for second in range(3, 6):
            (run,) = claim(second)
            finish(run, second)
            done.append(run)

        assert done == [*answers, title]

    def test_a_background_run_leaves_a_free_slot_of_a_server_that_somebody_waits_for(self, ann):
        a_server("pip:latest", "other:latest", resident=2)
        a_run(ann, "pip:latest", seconds=0)
        (run,) = claim(0)
        queue.put_back(run.pk, run.epoch, now=at(0))
        a_run(ann, "other:latest", seconds=0, purpose=Run.Purpose.TITLE)

        assert claim(0.5) == []
