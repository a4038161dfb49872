"""Jobs in the database: one of a kind, cancelled, and put back when their worker died."""

from datetime import timedelta

import pytest

from inference import queue
from inference.models import Job
from tests.factories import a_server, at

pytestmark = pytest.mark.django_db
State = Job.State


def running(seconds: float = 0, **fields) -> Job:
    """A job whose lease lasts ten seconds from then."""
    usual = {"kind": "pull", "state": State.RUNNING, "epoch": 1, "attempts": 1, "owner": "worker"}
    return Job.objects.create(lease_until=at(seconds) + timedelta(seconds=10), **usual | fields)


def now_of(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_the_same_job_twice_is_one():
    server = a_server()
    job = Job.objects.submit("pull", server=server, subject="pip:latest")

    assert Job.objects.submit("pull", server=server, subject="pip:latest") == job
    Job.objects.update(state=State.RUNNING)
    assert Job.objects.submit("pull", server=server, subject="pip:latest") == job


def test_the_same_job_without_a_server_is_one():
    assert Job.objects.submit("refresh") == Job.objects.submit("refresh")


def test_another_kind_server_or_subject_is_another_job():
    one, other = a_server(), a_server()
    jobs = {
        Job.objects.submit("pull", server=one, subject="pip:latest"),
        Job.objects.submit("push", server=one, subject="pip:latest"),
        Job.objects.submit("pull", server=other, subject="pip:latest"),
        Job.objects.submit("pull", server=one, subject="owl:latest"),
        Job.objects.submit("pull", subject="pip:latest"),
    }
    assert len(jobs) == 5


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED])
def test_after_its_end_it_may_be_done_again(state):
    job = Job.objects.submit("refresh")
    Job.objects.update(state=state)

    assert Job.objects.submit("refresh") != job


def test_wakes_a_worker(monkeypatch, django_capture_on_commit_callbacks):
    calls = []
    monkeypatch.setattr("inference.models.job.wake_worker", lambda: calls.append("woken"))
    with django_capture_on_commit_callbacks(execute=True):
        Job.objects.submit("refresh")
    assert calls == ["woken"]


def test_a_waiting_job_is_cancelled_at_once():
    job = Job.objects.submit("refresh")

    assert job.request_cancel(at(1))

    assert now_of(job).state == State.CANCELLED
    assert now_of(job).ended_at == at(1)


def test_the_worker_of_a_running_job_is_asked_to_cancel_it():
    job = running()

    assert job.request_cancel()

    assert now_of(job).state == State.RUNNING
    assert now_of(job).cancel_requested


def test_cancelling_is_too_late_after_the_end():
    assert not running(state=State.DONE).request_cancel()


def test_a_job_whose_worker_died_waits_again_after_a_pause_that_grows():
    first, third = running(subject="a"), running(subject="b", losses=2)

    assert Job.objects.reap(at(10)) == 0
    assert Job.objects.reap(at(11)) == 2

    assert now_of(first).state == State.QUEUED
    assert now_of(first).not_before == at(13)
    assert now_of(third).not_before == at(19)
    assert now_of(third).losses == 3


def test_the_death_of_a_worker_is_no_attempt():
    job = running(attempts=2)

    Job.objects.reap(at(11))

    assert now_of(job).attempts == 1


def test_a_job_that_loses_its_worker_again_and_again_has_failed():
    job = running(losses=Job.MOST_LOSSES - 1)

    Job.objects.reap(at(11))

    assert now_of(job).state == State.FAILED
    assert now_of(job).error_kind == Job.LOST


def test_a_job_that_was_to_be_cancelled_does_not_wait_again():
    job = running(cancel_requested=True)

    Job.objects.reap(at(11))

    assert now_of(job).state == State.CANCELLED


def test_the_reaper_of_runs_looks_after_jobs_too():
    job = running()

    queue.reap(at(11))

    assert now_of(job).state == State.QUEUED
