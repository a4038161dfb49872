"""Claiming: slots, servers, leases."""

from datetime import timedelta

import pytest
from django.db import connection

from inference import queue
from inference.models import Run, Server
from inference.signals import run_started
from tests.factories import a_model, a_run, a_server, at, claim, finish

pytestmark = pytest.mark.django_db


def test_gives_a_waiting_run_to_the_worker_with_its_server_and_a_lease(ann):
    server = a_server("pip:latest")
    run = a_run(ann)

    (claimed,) = claim(2)

    assert claimed == run
    assert claimed.status == Run.Status.RUNNING
    assert claimed.server == server
    assert (claimed.owner, claimed.epoch, claimed.attempts) == ("worker", 1, 1)
    assert claimed.started_at == at(2)
    assert claimed.lease_until == at(2) + Run.LEASE


def test_gives_nothing_twice(ann):
    a_server("pip:latest", slots=2)
    a_run(ann)

    claim(0)

    assert claim(0, owner="another") == []


def test_fills_the_slots_of_a_model_and_no_more(ann):
    a_server("pip:latest", slots=2)
    for second in range(5):
        a_run(ann, seconds=second)

    assert len(claim(10)) == 2
    assert claim(11) == []


def test_gives_a_slot_again_when_its_run_has_ended(ann):
    a_server("pip:latest")
    a_run(ann, seconds=0)
    second = a_run(ann, seconds=1)
    (first,) = claim(2)

    finish(first, 3)

    assert claim(4) == [second]


def test_counts_the_slots_of_each_model_for_itself(ann):
    a_server("pip:latest", "other:latest", resident=2)
    a_run(ann, "pip:latest")
    a_run(ann, "other:latest")

    assert len(claim()) == 2


def test_counts_two_names_for_the_same_weights_as_one_model(ann):
    server = a_server(slots=1, resident=2)
    a_model(server, "pip:latest", digest="same")
    a_model(server, "copy:latest", digest="same")
    a_run(ann, "pip:latest")
    a_run(ann, "copy:latest")

    assert len(claim()) == 1


def test_takes_at_most_as_many_as_the_worker_can_carry(ann):
    a_server("pip:latest", slots=9)
    for _ in range(5):
        a_run(ann)

    assert len(claim(limit=3)) == 3
    assert len(claim(limit=3)) == 2
    assert claim(limit=0) == []


def test_prefers_the_server_that_has_the_model_in_memory(ann):
    a_server("pip:latest", name="a", slots=4)
    warm = a_server(name="b", slots=4)
    a_model(warm, "pip:latest", loaded=True)
    a_run(ann)

    assert claim()[0].server == warm


def test_prefers_the_server_where_least_runs(ann):
    a_server("pip:latest", slots=4)
    a_server("pip:latest", slots=4)
    for model in Server.objects.all():
        model.models.update(loaded=True)
    for _ in range(4):
        a_run(ann)

    used = [run.server_id for run in claim()]

    assert {used.count(server) for server in used} == {2}


@pytest.mark.parametrize("change", [{"enabled": False}, {"error": "refused"}])
def test_sends_nothing_to_a_server_that_is_off_or_does_not_answer(ann, change):
    a_server("pip:latest", **change)
    a_run(ann)

    assert claim() == []


def test_sends_nothing_to_another_host_unless_that_is_allowed(ann, settings):
    server = a_server("big:120b-cloud")
    a_model(server, "stub:latest", remote_host="https://ollama.com")
    a_run(ann, "big:120b-cloud")
    a_run(ann, "stub:latest")

    settings.ALLOW_REMOTE_MODELS = False
    assert claim() == []
    settings.ALLOW_REMOTE_MODELS = True
    assert claim() != []


def test_keeps_the_slot_of_a_run_that_another_process_serves(ann, bob):
    a_server("pip:latest")
    call = a_run(bob, seconds=0, purpose=Run.Purpose.API)
    answer = a_run(ann, seconds=1)

    assert claim(2) == []
    assert claim(2, owner="gateway", purposes=[Run.Purpose.API], only=[call.pk]) == [call]
    finish(Run.objects.get(pk=call.pk), 3)
    assert claim(4) == [answer]


def test_takes_only_the_runs_that_it_was_asked_for(ann):
    a_server("pip:latest", slots=4)
    mine, _ = (a_run(ann, purpose=Run.Purpose.API) for _ in range(2))

    assert claim(purposes=[Run.Purpose.API], only=[mine.pk]) == [mine]


def test_passes_over_an_api_run_whose_client_has_gone(ann):
    a_server("pip:latest")
    a_run(ann, seconds=0, purpose=Run.Purpose.API)
    answer = a_run(ann, seconds=1)

    assert claim(11) == [answer]


def test_an_api_run_stays_in_line_while_its_client_says_so(ann):
    a_server("pip:latest")
    call = a_run(ann, purpose=Run.Purpose.API)

    queue.keep_waiting([call.pk], at(9))

    assert queue.reap(at(15)) == []
    assert queue.reap(at(20)) == [call]


def test_says_that_a_run_started_once_for_each(ann, django_capture_on_commit_callbacks):
    a_server("pip:latest", slots=2)
    runs = {a_run(ann), a_run(ann)}
    heard = []

    def hear(run, **_):
        heard.append(run)

    run_started.connect(hear)
    claim()
    run_started.disconnect(hear)

    assert set(heard) == runs
    assert len(heard) == 2


def test_fifty_sent_at_one_instant_are_claimed_in_one_pass(ann, bob, eve):
    a_server("pip:latest", slots=50)
    for number in range(50):
        a_run((ann, bob, eve)[number % 3])

    assert len(claim()) == 50


def test_a_run_that_waits_after_a_refusal_is_passed_over_until_then(ann):
    a_server("pip:latest")
    a_run(ann)
    (run,) = claim(0)
    queue.put_back(run.pk, run.epoch, now=at(0))

    assert claim(0.5) == []
    assert claim(1) == [run]


def test_a_run_that_waits_after_a_refusal_keeps_its_place(ann, bob):
    a_server("pip:latest")
    first = a_run(ann, seconds=0)
    a_run(bob, seconds=1)
    (run,) = claim(2)
    queue.put_back(run.pk, run.epoch, now=at(2))

    (other,) = claim(2.5)
    finish(other, 2.6)
    a_run(bob, seconds=2.7)

    assert claim(4) == [first]
    assert Run.objects.get(pk=first.pk).queued_at == at(0)


def test_pauses_grow_from_one_second_to_thirty(ann):
    a_server("pip:latest")
    a_run(ann)
    now, pauses = 0.0, []
    for _ in range(7):
        (run,) = claim(now)
        queue.put_back(run.pk, run.epoch, now=at(now))
        pause = Run.objects.get(pk=run.pk).not_before - at(now)
        pauses.append(pause / timedelta(seconds=1))
        now += pauses[-1]

    assert pauses == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL scans tables that are small")
@pytest.mark.parametrize(
    "queue_of",
    [
        Run.objects.waiting,
        Run.objects.running,
        lambda: Run.objects.open().filter(lease_until__lt=at(0)),
    ],
)
def test_the_queue_is_found_by_its_index_however_long_the_history_is(queue_of):
    assert "USING INDEX run_queue" in queue_of().explain()
