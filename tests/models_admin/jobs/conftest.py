"""Has a worker's half for jobs do what is due, over the practice server and the real database."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.database import in_database
from inference.clients import Clients
from inference.job_runner import JobRunner
from inference.models import Job, Run
from tests.factories import a_run, a_server

PATIENCE = 10.0


class Working:
    """A runner of jobs with a clock that the test moves."""

    def __init__(self) -> None:
        self.time = timezone.now()
        self.clients = Clients()
        self.runner = JobRunner("one", self.clients, lambda: self.time)

    async def begin(self, start, *arguments, **options) -> Job:
        """Starts a job with one of the start_* and has the runner take it."""
        job = await in_database(start, *arguments, **options)
        await self.runner.claim()
        return job

    async def done(self, start, *arguments, **options) -> Job:
        """The same; the job as it is after its first attempt."""
        job = await self.begin(start, *arguments, **options)
        return await self.idle(job)

    async def idle(self, job: Job) -> Job:
        """The job as it is once nothing runs any more."""
        async with asyncio.timeout(PATIENCE):
            await self.runner.idle()
        return await self.stored(job)

    async def again(self, job: Job, seconds: float = 600) -> Job:
        """After a pause, the next attempt."""
        self.time += timedelta(seconds=seconds)
        await self.runner.claim()
        return await self.idle(job)

    async def stored(self, job: Job) -> Job:
        return await in_database(Job.objects.select_related("server").get, pk=job.pk)


@pytest.fixture
async def working(transactional_db):
    made = Working()
    yield made
    await made.runner.stop()
    await made.clients.close()


@pytest.fixture
def server(transactional_db, practice):
    """The row of the practice server."""
    return a_server(url=practice.url, name="gpu-1")


@pytest.fixture
def writing(server):
    """An answer that the model writes right now."""

    def begin(person):
        run = a_run(person, "practice:latest")
        now = timezone.now()
        Run.objects.filter(pk=run.pk).update(
            status=Run.Status.RUNNING, server=server, started_at=now, owner="a-worker", epoch=1
        )
        return run

    return begin
