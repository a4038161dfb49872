"""Models that have to take turns in a server's memory."""

from itertools import pairwise

import pytest

from inference import queue
from inference.models import Model, Run, Server
from tests.factories import a_model, a_run, a_server, at, claim, finish

pytestmark = pytest.mark.django_db

PIP, OWL, ELK = "pip:latest", "owl:latest", "elk:latest"


def models_of(runs) -> list[str]:
    return [run.model_name for run in runs]


@pytest.fixture
def server():
    """It holds one model at a time, and Pip is in its memory."""
    server = a_server(OWL)
    a_model(server, PIP, loaded=True)
    return server


def test_changes_at_once_when_nobody_wants_the_model_in_memory(server, ann):
    a_run(ann, OWL)

    assert models_of(claim(1)) == [OWL]


def test_the_model_in_memory_goes_first_while_people_wait_for_it(server, ann, bob):
    a_run(ann, OWL, seconds=0)
    a_run(bob, PIP, seconds=1)

    assert models_of(claim(2)) == [PIP]


def test_does_not_start_a_model_beside_one_that_runs(server, ann, bob):
    a_run(bob, PIP, seconds=0)
    claim(0)
    a_run(ann, OWL, seconds=1)

    assert claim(50) == []


def test_starts_both_where_the_server_holds_both(server, ann, bob):
    Server.objects.update(resident=2)
    a_run(ann, OWL, seconds=0)
    a_run(bob, PIP, seconds=1)

    assert sorted(models_of(claim(2))) == [OWL, PIP]


def test_after_a_minute_the_change_is_forced(server, ann, bob):
    a_run(bob, PIP, seconds=0)
    (running,) = claim(0)
    a_run(ann, OWL, seconds=1)
    a_run(bob, PIP, seconds=2)

    finish(running, 62)

    assert models_of(claim(62)) == [OWL]


def test_before_a_minute_it_is_not(server, ann, bob):
    a_run(bob, PIP, seconds=0)
    (running,) = claim(0)
    a_run(ann, OWL, seconds=1)
    a_run(bob, PIP, seconds=2)

    finish(running, 60)

    assert models_of(claim(60)) == [PIP]


def test_a_forced_change_starts_nothing_more_for_the_old_model(server, ann, bob):
    Server.objects.update(slots=2)
    a_run(bob, PIP, seconds=0)
    a_run(bob, PIP, seconds=0)
    first, second = claim(0)
    a_run(ann, OWL, seconds=1)
    a_run(bob, PIP, seconds=2)

    finish(first, 62)
    assert claim(62) == []
    finish(second, 70)
    assert models_of(claim(70)) == [OWL]


def test_knows_what_it_loaded_before_the_catalogue_does(server, ann, bob):
    a_run(ann, OWL, seconds=0)
    (first,) = claim(0)
    finish(first, 5)
    a_run(bob, PIP, seconds=6)
    a_run(ann, OWL, seconds=6)

    assert models_of(claim(6)) == [OWL]


def test_the_new_model_has_its_minute_though_others_waited_longer(server, ann, bob):
    a_run(bob, PIP, seconds=0)
    (running,) = claim(0)
    a_run(ann, OWL, seconds=1)
    a_run(bob, PIP, seconds=2)
    finish(running, 62)
    (running,) = claim(62)
    a_run(ann, OWL, seconds=63)
    a_run(ann, OWL, seconds=63)

    finish(running, 100)
    (running,) = claim(100)
    assert running.model_name == OWL
    finish(running, 122)
    assert models_of(claim(122)) == [PIP]


def test_a_model_that_another_server_holds_forces_nothing(server, ann, bob, eve):
    other = a_server(slots=1)
    a_model(other, OWL, loaded=True)
    a_run(eve, OWL, seconds=0)
    assert claim(0)[0].server == other
    a_run(bob, PIP, seconds=1)
    (running,) = claim(1)
    a_run(ann, OWL, seconds=2)
    a_run(bob, PIP, seconds=3)

    finish(running, 80)

    assert models_of(claim(80)) == [PIP]


def test_a_loaded_model_whose_time_is_up_is_not_in_memory(server, ann, bob):
    Model.objects.filter(name=PIP).update(expires_at=at(10))
    a_run(ann, OWL, seconds=20)
    a_run(bob, PIP, seconds=21)

    assert models_of(claim(30)) == [OWL]


def test_background_runs_do_not_keep_a_model_in_memory(server, ann):
    a_run(ann, PIP, seconds=0, purpose=Run.Purpose.TITLE)
    a_run(ann, OWL, seconds=1)

    assert models_of(claim(2)) == [OWL]


def test_the_page_is_told_which_model_it_waits_for(server, ann, bob):
    a_run(bob, PIP, seconds=0)
    claim(0)
    owl = a_run(ann, OWL, seconds=1)
    pip = a_run(bob, PIP, seconds=2)

    assert queue.place(owl, at(10)).waits_for == OWL
    assert queue.place(pip, at(10)).waits_for == ""
    assert queue.place(pip, at(62)).waits_for == OWL


class Shift:
    """A server with one slot whose people send again as soon as they have their answer."""

    def __init__(self, wishes: dict, answer_seconds: float) -> None:
        self.wishes = wishes
        self.answer_seconds = answer_seconds
        self.served: list[Run] = []
        for person, model in wishes.items():
            a_run(person, model)

    def work(self, until: float) -> None:
        now = 0.0
        while now < until:
            (run,) = claim(now)
            self.served.append(run)
            now += self.answer_seconds
            finish(run, now)
            a_run(run.person, self.wishes[run.person], seconds=now)

    def changes(self) -> int:
        names = models_of(self.served)
        return sum(one != other for one, other in pairwise(names))

    def longest_wait(self, person) -> float:
        mine = [run for run in self.served if run.person == person]
        return max((run.started_at - run.queued_at).total_seconds() for run in mine)


def test_two_models_on_one_slot_do_not_change_at_every_turn(server, ann, bob):
    shift = Shift({ann: PIP, bob: OWL}, answer_seconds=10)
    shift.work(until=600)

    assert len(shift.served) == 60
    assert 8 <= shift.changes() <= 10


def test_nobody_waits_for_ever_between_two_models(server, ann, bob):
    shift = Shift({ann: PIP, bob: OWL}, answer_seconds=10)
    shift.work(until=600)

    assert shift.longest_wait(ann) <= 75
    assert shift.longest_wait(bob) <= 75


def test_nobody_waits_for_ever_between_three_models(server, ann, bob, eve):
    a_model(server, ELK)
    shift = Shift({ann: PIP, bob: OWL, eve: ELK}, answer_seconds=20)
    shift.work(until=1000)

    assert {run.person for run in shift.served} == {ann, bob, eve}
    assert max(map(shift.longest_wait, (ann, bob, eve))) <= 160


def test_nobody_waits_for_ever_while_new_people_come(server, ann, django_user_model):
    heavy = a_run(ann, PIP, seconds=0)
    finish(claim(0)[0], 300)
    waiting = a_run(ann, PIP, seconds=300)
    now, started = 300.0, None
    while started is None and now < 2000:
        newcomer = django_user_model.objects.create_person(f"n{now:.0f}", None)
        a_run(newcomer, PIP, seconds=now)
        (run,) = claim(now)
        started = now if run == waiting else None
        now += 20
        finish(run, now)

    assert heavy != waiting
    assert started is not None
    assert started <= 900 + 20
