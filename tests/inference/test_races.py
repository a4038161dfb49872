"""Two at once, with real threads and connections: of those who race exactly one wins."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from inference import queue
from inference.models import AlreadyRunning, Job, Run, SlotTime
from inference.queue import Progress
from inference.signals import run_ended
from tests.factories import a_run, a_server, at, claim, finish

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*functions) -> list:
    """Calls each in a thread of its own, all in the same moment; their results in order."""
    barrier = Barrier(len(functions))

    def call(function):
        try:
            connection.ensure_connection()
            barrier.wait(10)
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result() for future in [pool.submit(call, each) for each in functions]]


@pytest.fixture
def ends():
    """How often the end of each run was told."""
    heard = Counter()

    def hear(run, **_):
        heard[run.pk] += 1

    run_ended.connect(hear)
    yield heard
    run_ended.disconnect(hear)


def test_each_run_is_claimed_once(ann):
    a_server("pip:latest", slots=40)
    runs = {a_run(ann).pk for _ in range(40)}

    found = at_once(*[lambda owner=owner: claim(owner=owner, limit=15) for owner in "abcd"])

    claimed = [run.pk for runs in found for run in runs]
    assert len(claimed) == len(set(claimed)) == 40
    assert set(claimed) == runs


def test_two_claimers_do_not_share_the_last_slot(ann):
    a_server("pip:latest", slots=3)
    for _ in range(10):
        a_run(ann)

    found = at_once(*[lambda owner=owner: claim(owner=owner) for owner in "abcd"])

    assert sum(map(len, found)) == 3
    assert Run.objects.running().count() == 3


def test_a_run_ends_once(ann, ends):
    a_server("pip:latest")
    a_run(ann)
    (run,) = claim(0)

    found = at_once(
        lambda: finish(run, 20, Run.Status.DONE, text="done") is not None,
        lambda: queue.reap(at(20)) != [],
        lambda: finish(run, 20, Run.Status.STOPPED) is not None,
    )

    assert found.count(True) == 1
    assert ends == {run.pk: 1}


def test_a_run_is_claimed_or_stopped_in_line_and_never_both(ann, ends):
    a_server("pip:latest", slots=20)
    runs = [a_run(ann) for _ in range(8)]

    claimed, *stopped = at_once(
        lambda: claim(0), *[lambda run=run: run.request_stop(at(0)) for run in runs]
    )

    assert all(stopped)
    for run in Run.objects.all():
        assert (run.status == Run.Status.STOPPED) != (run in claimed)
        assert run.stop_requested == (run in claimed)
    assert set(ends) == {run.pk for run in runs} - {run.pk for run in claimed}


def test_nothing_is_written_after_the_end(ann):
    a_server("pip:latest")
    a_run(ann)
    (run,) = claim(0)

    saved, _ = at_once(
        lambda: queue.save("worker", [Progress(run.pk, run.epoch, 0, "", "Hello")], at(1)),
        lambda: finish(run, 1, Run.Status.STOPPED),
    )

    assert Run.objects.get(pk=run.pk).text == ("Hello" if saved.kept else "")


def test_a_subject_gets_one_run(ann):
    subject = uuid4()

    def submit():
        try:
            return a_run(ann, subject=subject)
        except AlreadyRunning:
            return None

    found = at_once(*[submit] * 4)

    assert sum(run is not None for run in found) == 1
    assert Run.objects.filter(subject=subject).count() == 1


def test_the_same_job_is_one():
    found = at_once(*[lambda: Job.objects.submit("refresh").pk] * 4)

    assert len(set(found)) == 1
    assert Job.objects.count() == 1


def test_slots_that_end_at_once_are_all_charged(ann):
    a_server("pip:latest", slots=4)
    for _ in range(4):
        a_run(ann)
    runs = claim(0)

    at_once(*[lambda run=run: finish(run, 10) for run in runs])

    assert SlotTime.objects.get(who=ann.pk).at(at(10)) == pytest.approx(40, rel=0.02)
