"""The worker's half for jobs: takes what is due, runs its handlers, renews its leases."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from accounts.database import in_database, in_database_again
from inference import jobs
from inference.clients import Clients
from inference.jobs import JobFailed, Renewal, TryLater, Work
from inference.models import Job
from inference.ollama import OllamaError

log = logging.getLogger(__name__)

MOST_JOBS = 8
# Seconds before the second, third, … attempt.
WAITS = (2, 10, 60, 300)
# Characters of a job's log that are kept, the newest ones.
LONGEST_LOG = 100_000


class JobRunner:
    """Runs jobs beside the answers of one worker."""

    def __init__(self, owner: str, clients: Clients, now: Callable[[], datetime]) -> None:
        self._owner = owner
        self._clients = clients
        self._now = now
        self._running: dict[UUID, tuple[Work, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def claim(self) -> None:
        """Starts what is due, as far as there is room."""
        room = MOST_JOBS - len(self._running)
        if room <= 0 or self._stopping:
            return
        for job in await in_database(jobs.claim, self._owner, self._now(), limit=room):
            if self._stopping:
                await in_database_again(jobs.put_back, job, now=self._now(), wait=timedelta(0))
                continue
            client = self._clients.of(job.server.url) if job.server else None
            work = Work(job, client, self._now)
            handling = asyncio.create_task(self._handle(work))
            self._running[job.pk] = (work, handling)
            task = asyncio.create_task(self._carry(work, handling))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def renew(self) -> None:
        """Saves progress, renews leases, and ends what was cancelled or lost."""
        if not self._running:
            return
        renewals = [_renewal(work) for work, _ in self._running.values()]
        for pk in await in_database(jobs.renew, renewals, self._now()):
            if found := self._running.get(pk):
                found[1].cancel()

    async def idle(self) -> None:
        """Waits until no job runs here."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Stops all handlers; their jobs go back into the line and count no attempt as failed."""
        self._stopping = True
        for _, handling in self._running.values():
            handling.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _handle(self, work: Work) -> None:
        await jobs.kinds[work.job.kind].handler(work)

    async def _carry(self, work: Work, handling: asyncio.Task[None]) -> None:
        await asyncio.wait({handling})
        self._running.pop(work.job.pk, None)
        try:
            await self._end(work, handling)
        except Exception:
            log.exception("job %s could not be ended, its lease will run out", work.job)

    async def _end(self, work: Work, handling: asyncio.Task[None]) -> None:
        job = work.job
        if handling.cancelled():
            if self._stopping:
                await in_database_again(jobs.put_back, job, now=self._now(), wait=timedelta(0))
            else:
                await self._write(work, Job.State.CANCELLED)
            return
        error = handling.exception()
        if error is None:
            await self._write(work, Job.State.DONE)
        elif isinstance(error, TryLater) or (isinstance(error, OllamaError) and error.retryable):
            await self._again(work, str(error))
        elif isinstance(error, JobFailed | OllamaError):
            await self._write(work, Job.State.FAILED, str(error))
        else:
            log.error("job %s failed", job, exc_info=error)
            await self._write(work, Job.State.FAILED, "Something went wrong. The log says what.")

    async def _again(self, work: Work, error: str) -> None:
        job = work.job
        if job.attempts >= jobs.kinds[job.kind].attempts:
            await self._write(work, Job.State.FAILED, error)
            return
        wait = timedelta(seconds=WAITS[min(job.attempts, len(WAITS)) - 1])
        await in_database_again(jobs.put_back, job, now=self._now(), wait=wait, error=error)

    async def _write(self, work: Work, state: str, error: str = "") -> None:
        await in_database_again(
            jobs.end, work.job, state, now=self._now(), renewal=_renewal(work), error=error
        )


def _renewal(work: Work) -> Renewal:
    text = "\n".join(work.log)[-LONGEST_LOG:]
    return Renewal(work.job.pk, work.job.epoch, dict(work.progress), text)
