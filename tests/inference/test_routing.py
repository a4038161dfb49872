"""Where a run goes when several servers have its model, and when one of them fails."""

import pytest

from inference import claims, queue, sightings
from inference.models import Model, Run, Server
from inference.ollama import Busy, ModelMissing, Unreachable
from inference.outcomes import of_error
from tests.factories import a_model, a_run, a_server, at, claim, save

pytestmark = pytest.mark.django_db
PIP = "pip:latest"
AWAY = "It cannot be reached."


@pytest.fixture
def first():
    return a_server(PIP, name="first")


@pytest.fixture
def second():
    return a_server(PIP, name="second", slots=2)


def taken(seconds=0) -> Run:
    (run,) = claim(seconds)
    return run


def put_back(run, seconds=0, error=AWAY, **options) -> Run:
    assert queue.put_back(run.pk, run.epoch, now=at(seconds), error=error, **options)
    run.refresh_from_db()
    return run


def rest_of(server) -> float | None:
    """Until when it is left alone, in seconds of the test's day."""
    server.refresh_from_db()
    return server.rests_until and (server.rests_until - at(0)).total_seconds()


def fails(server, seconds, **options):
    Server.objects.rest(server.pk, since=at(seconds), now=at(seconds), **options)
    return rest_of(server)


def test_goes_to_the_server_that_has_the_model_loaded_though_it_is_busier(ann, bob, first, second):
    Model.objects.filter(server=second).update(loaded=True)
    a_run(ann)
    assert taken().server == second
    a_run(bob)
    assert taken().server == second


def test_goes_to_the_least_busy_of_those_that_have_it_loaded(ann, bob, eve, first, second):
    Model.objects.update(loaded=True)
    where = []
    for person in (ann, bob, eve):
        a_run(person)
        where.append(taken().server.name)
    assert sorted(where) == ["first", "second", "second"]
    assert where[0] != where[1]


def test_a_run_that_had_not_started_goes_to_another_server_at_once(ann, first, second):
    a_run(ann)
    run = taken()
    failed = run.server
    assert put_back(run, 1).not_before is None
    again = taken(1)
    assert again.pk == run.pk
    assert again.server != failed


def test_where_there_is_no_other_it_waits(ann, first):
    a_run(ann)
    assert put_back(taken(), 1).not_before == at(2)
    assert claim(1) == []
    assert taken(2).server == first


@pytest.mark.parametrize(
    "change", [{"enabled": False}, {"error": "away"}, {"draining": True}, {"rests_until": at(99)}]
)
def test_no_other_is_one_that_takes_no_runs(ann, first, second, change):
    Server.objects.filter(pk=second.pk).update(**change)
    a_run(ann)
    assert put_back(taken(), 1).not_before is not None


def test_a_run_that_has_begun_goes_nowhere(ann, first, second):
    a_run(ann)
    run = taken()
    save(run, "It ")
    assert not queue.put_back(run.pk, run.epoch, now=at(1), error=AWAY)
    assert claim(1) == []


def test_a_server_that_fails_is_left_alone_longer_each_time(first):
    pauses, seconds = [], 0.0
    for _ in range(7):
        until = fails(first, seconds)
        pauses.append(until - seconds)
        seconds = until
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_runs_that_fail_together_count_once(first):
    assert fails(first, 10) == 11
    assert fails(first, 10) == 11
    assert fails(first, 10.5) == 11


def test_a_failure_is_forgiven_after_a_while(first):
    fails(first, 0)
    assert fails(first, 2) == 4
    assert fails(first, 500) == 501


def test_a_busy_server_is_left_alone_for_a_second_each_time(first):
    assert fails(first, 0, grows=False) == 1
    assert fails(first, 1, grows=False) == 2


def test_a_server_that_comes_back_is_used_at_once(first):
    fails(first, 0)
    fails(first, 1)
    sightings.failed(first.pk, AWAY, at(1), at(1))
    sightings.seen(first.pk, "0.24.0", [], {}, [], at(2))
    assert rest_of(first) is None


def test_a_server_that_answers_checks_only_is_left_alone_still(first):
    fails(first, 0)
    sightings.seen(first.pk, "0.24.0", [], {}, [], at(0.5))
    assert rest_of(first) == 1


def test_what_we_end_ourselves_says_nothing_of_the_server(ann, first):
    a_run(ann)
    put_back(taken(), error="")
    assert rest_of(first) is None


def test_a_server_without_the_model_sends_the_run_to_one_that_has_it(ann, first, second):
    a_run(ann)
    run = taken()
    assert queue.go_elsewhere(run.pk, run.epoch, now=at(1))
    assert not Model.objects.get(server=run.server, name=PIP).present
    assert taken(1).server != run.server


def test_where_nobody_else_has_it_the_run_stays(ann, first):
    a_run(ann)
    run = taken()
    assert not queue.go_elsewhere(run.pk, run.epoch, now=at(1))
    assert Model.objects.get(server=first).present


def test_who_lost_a_run_sends_it_nowhere(ann, first, second):
    a_run(ann)
    run = taken()
    assert not queue.go_elsewhere(run.pk, run.epoch + 1, now=at(1))


def test_a_server_that_is_drained_gets_nothing_new(ann, bob, first, second):
    a_run(ann)
    there = taken().server
    Server.objects.filter(pk=there.pk).update(draining=True)
    a_run(bob)
    assert taken().server != there
    assert Run.objects.running().count() == 2


def test_who_waits_for_a_drained_server_alone_is_told_after_a_while(ann, first):
    Server.objects.update(draining=True, checked_at=at(0))
    run = a_run(ann)
    claims.give_up(at(299), at(300) - at(0))
    run.refresh_from_db()
    assert run.is_open
    claims.give_up(at(301), at(300) - at(0))
    run.refresh_from_db()
    assert run.error_kind == "unreachable"


def test_a_short_rest_ends_no_run_that_waits_long(ann, first):
    Server.objects.update(rests_until=at(401), checked_at=at(0))
    run = a_run(ann)
    claims.give_up(at(400), at(300) - at(0))
    run.refresh_from_db()
    assert run.is_open


@pytest.mark.parametrize("error", [Unreachable, Busy, ModelMissing])
def test_after_the_first_byte_a_run_goes_nowhere_else(error):
    early = of_error(error(), PIP)
    assert early.may_wait or early.may_go_elsewhere
    late = of_error(error(before_first_byte=False), PIP)
    assert not late.may_wait
    assert not late.may_go_elsewhere


def test_memory_and_slots_of_two_servers_are_two(ann, first):
    a_model(first, "owl:latest")
    a_server("owl:latest", name="third", slots=3)
    for _ in range(5):
        a_run(ann, "owl:latest")
    where = [run.server.name for run in claim()]
    assert sorted(where) == ["first", "third", "third", "third"]
