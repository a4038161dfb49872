"""The worker's half for jobs: takes what is due, runs its handlers, renews its leases."""

import asyncio
import copy
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.database import in_database, in_database_again
from inference import job_badge, job_line, jobs
from inference.clients import Clients, Way
from inference.jobs import JobFailed, NotYet, Renewal, TryLater, Work
from inference.models import Job
from inference.ollama import OllamaError
from inference.wakeups import tell_of_jobs

log = logging.getLogger(__name__)

# At once in one worker: short jobs, and those that wait in a server's line. Neither fills up the
# room of the other.
MOST_SHORT = 8
MOST_LONG = 32
SAVE = timedelta(seconds=1)
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
        self._saved: dict[UUID, tuple[dict[str, Any], str]] = {}
        self._saved_at: datetime | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def claim(self) -> None:
        """Starts what is due, as far as there is room."""
        if self._stopping:
            return
        long = sum(jobs.kinds[work.job.kind].in_line for work, _ in self._running.values())
        room = {"short": MOST_SHORT - len(self._running) + long, "long": MOST_LONG - long}
        claimed = await in_database(job_line.claim, self._owner, self._now(), **room)
        for job in claimed:
            if self._stopping:
                await in_database_again(jobs.put_back, job, now=self._now(), wait=timedelta(0))
                continue
            client = self._clients.to(Way.to(job.server)) if job.server else None
            work = Work(job, client, self._now, dict(job.progress), job.log.splitlines())
            handling = asyncio.create_task(self._handle(work))
            self._running[job.pk] = (work, handling)
            task = asyncio.create_task(self._carry(work, handling))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if any(jobs.kinds[job.kind].keep for job in claimed):
            tell_of_jobs()
            await in_database(job_badge.tell)

    async def renew(self) -> None:
        """Ends what was cancelled or lost; every SAVE saves progress and renews leases besides."""
        if not self._running:
            return
        now = self._now()
        if self._saved_at is not None and now < self._saved_at + SAVE:
            epochs = {pk: work.job.epoch for pk, (work, _) in self._running.items()}
            self._cancel(await in_database(_to_end, epochs))
            return
        self._saved_at = now
        renewals = [self._renewal(work) for work, _ in self._running.values()]
        self._cancel(await in_database(jobs.renew, renewals, now))
        for renewal in renewals:
            if renewal.id in self._running:
                self._saved[renewal.id] = (renewal.progress, renewal.log)
        if any(renewal.changed for renewal in renewals):
            tell_of_jobs(figures_only=True)

    def _cancel(self, ids: set[UUID]) -> None:
        for pk in ids:
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
        self._saved.pop(work.job.pk, None)
        try:
            await self._end(work, handling)
            if jobs.kinds[work.job.kind].keep:
                tell_of_jobs()
                await in_database(job_badge.tell)
        except Exception:
            log.exception("job %s could not be ended, its lease will run out", work.job)

    async def _end(self, work: Work, handling: asyncio.Task[None]) -> None:
        if handling.cancelled():
            if self._stopping:
                await self._put_back(work, timedelta(0))
            else:
                await self._write(work, Job.State.CANCELLED)
            return
        error = handling.exception()
        if error is None:
            await self._write(work, Job.State.DONE)
        elif isinstance(error, NotYet):
            await self._put_back(work, timedelta(seconds=error.seconds))
        elif isinstance(error, TryLater) or (isinstance(error, OllamaError) and error.retryable):
            await self._again(work, error.kind, _said(error))
        elif isinstance(error, JobFailed | OllamaError):
            await self._write(work, Job.State.FAILED, error.kind, _said(error))
        else:
            log.error("job %s failed", work.job, exc_info=error)
            await self._write(work, Job.State.FAILED, Job.INTERNAL)

    async def _again(self, work: Work, kind: str, said: str) -> None:
        tries = 1 if work.moved else work.job.attempts
        if tries >= jobs.kinds[work.job.kind].attempts:
            await self._write(work, Job.State.FAILED, kind, said)
            return
        wait = timedelta(seconds=WAITS[min(tries, len(WAITS)) - 1])
        await self._put_back(work, wait, attempts=tries, kind=kind, said=said)

    async def _put_back(self, work: Work, wait: timedelta, **why: Any) -> None:
        renewal = self._renewal(work)
        now = self._now()
        await in_database_again(jobs.put_back, work.job, now=now, wait=wait, renewal=renewal, **why)

    async def _write(self, work: Work, state: str, kind: str = "", said: str = "") -> None:
        renewal = self._renewal(work)
        await in_database_again(
            jobs.end, work.job, state, now=self._now(), renewal=renewal, kind=kind, said=said
        )

    def _renewal(self, work: Work) -> Renewal:
        text = "\n".join(work.log)[-LONGEST_LOG:]
        progress = copy.deepcopy(work.progress)
        changed = self._saved.get(work.job.pk) != (progress, text)
        return Renewal(work.job.pk, work.job.epoch, progress, text, changed)


def _to_end(epochs: dict[UUID, int]) -> set[UUID]:
    """Those of these jobs that were cancelled or that another worker has."""
    mine = Job.objects.filter(pk__in=epochs, state=Job.State.RUNNING, cancel_requested=False)
    ours = set(mine.values_list("pk", "epoch"))
    return {pk for pk, epoch in epochs.items() if (pk, epoch) not in ours}


def _said(error: JobFailed | OllamaError) -> str:
    return error.shown if isinstance(error, OllamaError) else error.said
