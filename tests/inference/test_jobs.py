import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.database import in_database
from inference import jobs
from inference.clients import Clients
from inference.job_runner import JobRunner
from inference.jobs import JobFailed, NotYet, TryLater
from inference.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kind(monkeypatch):
    """Registers a handler for the kind "test" for one test."""
    monkeypatch.setattr(jobs, "kinds", {})

    def register(handler, **options):
        jobs.register("test", handler, **options)

    return register


class Clock:
    """A clock that only tests move."""

    def __init__(self):
        self.time = timezone.now()

    def __call__(self):
        return self.time


@pytest.fixture
async def runners():
    """Makes runners with one clock, and stops them at the end."""
    made = []
    clock = Clock()

    def make(owner="one"):
        runner = JobRunner(owner, Clients(), clock)
        made.append(runner)
        return runner

    make.clock = clock
    yield make
    for runner in made:
        await runner.stop()


async def submitted(**fields):
    return await in_database(Job.objects.create, kind="test", **fields)


async def ended(runner):
    """Waits until the runner has nothing to do any more."""
    async with asyncio.timeout(5):
        await runner.idle()


async def stored(job):
    return await in_database(Job.objects.get, pk=job.pk)


async def test_does_a_job_and_keeps_what_it_said(kind, runners):
    async def handler(work):
        work.progress["done"] = work.job.parameters["wanted"]
        work.log.append("fetched")

    kind(handler)
    job = await submitted(parameters={"wanted": 7})
    runner = runners()
    await runner.claim()
    await ended(runner)
    job = await stored(job)
    assert (job.state, job.progress, job.log) == (Job.State.DONE, {"done": 7}, "fetched")
    assert job.ended_at == runners.clock.time


async def test_forgets_a_job_that_nobody_reads_of(kind, runners):
    async def handler(work):
        pass

    kind(handler, keep=False)
    await submitted()
    runner = runners()
    await runner.claim()
    await ended(runner)
    assert not await in_database(Job.objects.exists)


async def test_leaves_kinds_that_nobody_registered(kind, runners):
    job = await submitted()
    runner = runners()
    await runner.claim()
    assert (await stored(job)).state == Job.State.QUEUED


async def test_tries_again_later_and_in_the_end_gives_up(kind, runners):
    async def handler(work):
        raise TryLater("not yet")

    kind(handler, attempts=2)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await ended(runner)
    assert (await stored(job)).state == Job.State.QUEUED
    await runner.claim()
    assert (await stored(job)).attempts == 1, "it waits before the second attempt"
    runners.clock.time += timedelta(minutes=1)
    await runner.claim()
    await ended(runner)
    job = await stored(job)
    assert (job.state, job.error, job.attempts) == (Job.State.FAILED, "not yet", 2)


async def test_says_why_a_job_failed(kind, runners):
    async def handler(work):
        raise JobFailed("the disk is full")

    kind(handler)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await ended(runner)
    job = await stored(job)
    assert (job.state, job.error) == (Job.State.FAILED, "the disk is full")


async def test_a_fault_of_ours_fails_the_job_and_not_the_worker(kind, runners, caplog):
    async def handler(work):
        raise KeyError("x")

    kind(handler)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await ended(runner)
    job = await stored(job)
    assert job.state == Job.State.FAILED
    assert "KeyError" in caplog.text
    assert (job.error_kind, job.error) == (Job.INTERNAL, "")


async def test_ends_a_job_that_is_cancelled(kind, runners):
    async def handler(work):
        work.progress["began"] = True
        await asyncio.Event().wait()

    kind(handler)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await in_database(Job.objects.filter(pk=job.pk).update, cancel_requested=True)
    await runner.renew()
    await ended(runner)
    assert (await stored(job)).state == Job.State.CANCELLED


async def test_saves_progress_and_renews_the_lease(kind, runners):
    async def handler(work):
        work.progress["percent"] = 40
        await asyncio.Event().wait()

    kind(handler)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await asyncio.sleep(0)  # the handler's first steps
    runners.clock.time += timedelta(seconds=5)
    await runner.renew()
    job = await stored(job)
    assert job.progress == {"percent": 40}
    assert job.lease_until == runners.clock.time + jobs.LEASE


async def test_writes_nothing_to_a_job_that_another_has(kind, runners):
    async def handler(work):
        await asyncio.Event().wait()

    kind(handler)
    job = await submitted()
    runner = runners()
    await runner.claim()
    taken = {"epoch": 2, "owner": "two", "progress": {"theirs": 1}}
    await in_database(Job.objects.filter(pk=job.pk).update, **taken)
    await runner.renew()
    await ended(runner)
    job = await stored(job)
    assert (job.state, job.owner, job.progress) == (Job.State.RUNNING, "two", {"theirs": 1})


async def test_two_workers_do_a_job_once(kind, runners):
    done = []

    async def handler(work):
        done.append(work.job.pk)

    kind(handler)
    job = await submitted()
    one, two = runners("one"), runners("two")
    await asyncio.gather(one.claim(), two.claim())
    await ended(one)
    await ended(two)
    assert done == [job.pk]


async def test_a_job_goes_back_into_the_line_when_the_worker_stops(kind, runners):
    async def handler(work):
        await asyncio.Event().wait()

    kind(handler)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await runner.stop()
    job = await stored(job)
    assert (job.state, job.attempts, job.owner) == (Job.State.QUEUED, 0, "")


async def test_a_later_attempt_goes_on_from_what_was_said(kind, runners):
    async def handler(work):
        work.progress["bytes"] = work.progress.get("bytes", 0) + 10
        work.log.append("once")
        raise TryLater("not yet", kind="busy")

    kind(handler)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await ended(runner)
    waits = await stored(job)
    assert (waits.progress, waits.error_kind, waits.error) == ({"bytes": 10}, "busy", "not yet")
    runners.clock.time += timedelta(minutes=1)
    await runner.claim()
    await ended(runner)
    job = await stored(job)
    assert (job.progress, job.log, job.attempts) == ({"bytes": 20}, "once\nonce", 2)


async def test_who_got_further_has_all_attempts_again(kind, runners):
    async def handler(work):
        work.moved = True
        raise TryLater("not yet")

    kind(handler, attempts=2)
    job = await submitted()
    runner = runners()
    for _ in range(4):
        await runner.claim()
        await ended(runner)
        runners.clock.time += timedelta(minutes=1)
    job = await stored(job)
    assert (job.state, job.attempts) == (Job.State.QUEUED, 1)


async def test_waiting_for_something_is_no_attempt(kind, runners):
    async def handler(work):
        raise NotYet(5)

    kind(handler, attempts=1)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await ended(runner)
    job = await stored(job)
    assert (job.state, job.attempts) == (Job.State.QUEUED, 0)
    assert job.not_before == runners.clock.time + timedelta(seconds=5)


async def test_a_cancelled_job_is_not_tried_again(kind, runners):
    async def handler(work):
        await in_database(_cancel, work.job.pk)
        raise TryLater("not yet")

    kind(handler)
    job = await submitted()
    runner = runners()
    await runner.claim()
    await ended(runner)
    assert (await stored(job)).state == Job.State.CANCELLED


def _cancel(pk):
    Job.objects.get(pk=pk).request_cancel()
