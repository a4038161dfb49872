"""The place in line, and about how long."""

import pytest

from inference import queue
from inference.models import Run, Server
from tests.factories import a_run, a_server, at, claim, finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(ann):
    """Pip's answers take 20 s here, one at a time."""
    server = a_server("pip:latest")
    a_run(ann, seconds=-10_000)
    finish(claim(-10_000)[0], -9_980)
    return server


def test_the_next_one_waits_for_the_rest_of_what_runs(server, ann, bob):
    a_run(ann, seconds=0)
    claim(0)
    run = a_run(bob, seconds=1)

    place = queue.place(run, at(5))

    assert (place.position, place.ahead) == (1, 0)
    assert place.seconds == pytest.approx(15)


def test_the_third_waits_for_two_more(server, ann, bob, eve):
    runs = [a_run(person, seconds=n) for n, person in enumerate((ann, bob, eve))]

    place = queue.place(runs[2], at(3))

    assert (place.position, place.ahead) == (3, 2)
    assert place.seconds == pytest.approx(40)


def test_more_slots_serve_sooner(server, ann, bob, eve):
    Server.objects.update(slots=2)
    runs = [a_run(person, seconds=n) for n, person in enumerate((ann, bob, eve))]

    assert queue.place(runs[2], at(3)).seconds == pytest.approx(20)


def test_the_line_is_the_fair_one(server, ann, bob):
    for _ in range(5):
        a_run(ann, seconds=0)
    late = a_run(bob, seconds=1)

    assert queue.place(late, at(2)).position == 2


def test_the_order_of_the_line_is_the_order_of_the_claims(server, ann, bob, eve):
    for number, person in enumerate((ann, ann, ann, bob, eve, bob)):
        a_run(person, seconds=number)
    places = queue.places(at(10))
    told = sorted(places, key=lambda run_id: places[run_id].position)
    claimed, now = [], 10.0
    while runs := claim(now):
        claimed += [run.pk for run in runs]
        now += 20
        finish(runs[0], now)

    assert claimed == told


def test_nothing_measured_is_nothing_said(ann):
    a_server("new:latest")

    assert queue.place(a_run(ann, "new:latest"), at(1)).seconds is None


def test_the_line_of_another_model_does_not_count(server, ann, bob):
    Server.objects.update(resident=2)
    a_run(ann, "pip:latest", seconds=0)
    other = a_run(bob, "owl:latest", seconds=1)

    assert queue.place(other, at(2)).position == 1


def test_says_when_no_server_with_the_model_answers(server, ann):
    run = a_run(ann)
    assert queue.place(run, at(1)).reachable
    Server.objects.update(error="refused")
    assert not queue.place(run, at(1)).reachable


def test_what_runs_has_no_place(server, ann):
    a_run(ann)
    (run,) = claim(0)

    assert queue.place(run, at(1)) == queue.Place(0, 0, 0.0)
    assert queue.place(Run(pk=run.pk, model_name="pip:latest"), at(1)).position == 0


def test_places_of_all_are_those_of_each(server, ann, bob):
    runs = [a_run(person) for person in (ann, bob, ann)]

    assert queue.places(at(1)) == {run.pk: queue.place(run, at(1)) for run in runs}
