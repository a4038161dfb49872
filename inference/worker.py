"""The worker: the loops that answer runs, do jobs and keep the catalogue near the truth."""

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.database import in_database
from inference import catalogue, claims, heartbeats, jobs, queue, servers, wakeups
from inference.answering import Answering
from inference.clients import Clients
from inference.job_runner import JobRunner
from inference.models import Run
from inference.places import Places

log = logging.getLogger(__name__)

LONGEST_REST = 0.1  # seconds between two looks for work, however long the first one took


@dataclass(frozen=True)
class Intervals:
    """Seconds between the rounds of a worker's loops; tests take shorter ones."""

    poll: float = 1.0  # looks for runs, beside the hints
    save: float = 0.5
    reap: float = 2.0
    places: float = 1.0
    catalogue: float = 3.0
    standing: float = 60.0  # looks whether a job that there always is has gone
    offer: float = 10.0  # looks for a real server while there is only practice
    # The end of the answers may take this long before the process is made to die.
    stop: float = 4.0
    # One answer may take this long in all.
    answer: float = 3600.0
    # A run waits this long for a server that is busy or cannot be reached.
    patience: timedelta = timedelta(minutes=5)


class Worker:
    """One worker of a process: `start()` in the loop that shall carry it, `stop()` before its end.

    After stop() every answer that ran is saved and marked as interrupted. After a crash another
    worker, or this one when it starts again, finds the leases that have run out.
    """

    def __init__(
        self,
        owner: str | None = None,
        *,
        now: Callable[[], datetime] = timezone.now,
        intervals: Intervals | None = None,
    ) -> None:
        """`owner` names it in leases and is made up if not given; `now` is the leases' clock."""
        self.owner = owner or f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.intervals = intervals or Intervals()
        self._now = now
        self._wake = asyncio.Event()
        self._stopping = False
        self._beat_at: datetime | None = None
        self._spares_until: datetime | None = None
        self._clients = Clients()
        self.places = Places(now)
        self.answering = Answering(
            self.owner,
            self._clients,
            self.places,
            now=now,
            seconds=self.intervals.answer,
            patience=self.intervals.patience,
            wake=self._wake.set,
        )
        self._jobs = JobRunner(self.owner, self._clients, now)
        self._listener: wakeups.Listener | None = None
        self._claiming: asyncio.Task[None] | None = None
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Starts the loops; what an earlier process left running is reaped at once."""
        await self._reap()
        self._listener = wakeups.listen(self._wake.set)
        self._claiming = asyncio.create_task(self._claim())
        every = self.intervals
        rounds: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (every.save, self.answering.save),
            (every.save, self._jobs.renew),
            (every.reap, self._reap),
            (every.places, self.places.tell),
            (every.catalogue, self._keep_catalogue),
            (every.standing, self._submit_standing),
            (every.offer, self._look_for_real),
        ]
        self._loops = [asyncio.create_task(self._every(*each)) for each in rounds]
        self._loops += [
            asyncio.create_task(self.answering.pace.tick()),
            asyncio.create_task(wakeups.worker_hints(self._wake.set)),
        ]

    async def stop(self) -> None:
        """Ends all answers as interrupted, with all their text, and closes the connections."""
        self._stopping = True
        self._wake.set()
        if self._listener is not None:
            wakeups.ignore(self._listener)
        # The saver goes on meanwhile. What is being claimed at this moment is put back.
        await asyncio.gather(self.answering.stop(self.intervals.stop), self._jobs.stop())
        if self._claiming is not None:
            await asyncio.wait({self._claiming}, timeout=1)
        ending = [task for task in (self._claiming, *self._loops) if task is not None]
        pending = set(ending)
        while pending:
            # Again for those that go on: a receive of channels_redis may swallow the first one.
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.2)
        await self._clients.close()
        await in_database(heartbeats.leave, self.owner)

    async def _claim(self) -> None:
        """Looks for work at each hint, and every second as hints may be lost.

        Rests after a look as long as it took: while questions pour in, one look claims several.
        """
        loop = asyncio.get_running_loop()
        while not self._stopping:
            self._wake.clear()
            began = loop.time()
            try:
                await self.answering.claim()
                await self._jobs.claim()
            except Exception:
                log.exception("the worker could not look for work, it tries again")
            await asyncio.sleep(min(loop.time() - began, LONGEST_REST))
            with suppress(TimeoutError):
                async with asyncio.timeout(self.intervals.poll):
                    await self._wake.wait()

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await work()
            except Exception:
                log.exception("a round of the worker failed, it goes on")
            await asyncio.sleep(max(0.01, began + seconds - loop.time()))

    async def _reap(self) -> None:
        """Says that we live, and ends the runs that nobody answers or will.

        Where the database took nothing for a while (locked, full, restarting), no owner could renew
        a lease: all get the time of one before any is taken for dead.
        """
        now = self._now()
        await in_database(heartbeats.beat, self.owner, now)
        last, self._beat_at = self._beat_at, self._now()
        if last is not None and self._beat_at - last > Run.LEASE / 2:
            self._spares_until = self._beat_at + Run.LEASE
        if self._spares_until is None or self._beat_at >= self._spares_until:
            await in_database(_reap, now)
        await in_database(claims.give_up, now, self.intervals.patience)

    async def _keep_catalogue(self) -> None:
        """Refreshes what is old, and what is loaded where we have runs."""
        now = self._now()
        await in_database(catalogue.submit_due, now)
        await asyncio.gather(
            *(
                catalogue.look_at_loaded(server_id, self._clients.to(way), now)
                for server_id, way in self.answering.active_servers().items()
            )
        )

    async def _submit_standing(self) -> None:
        await in_database(jobs.submit_standing)

    async def _look_for_real(self) -> None:
        await servers.look_for_real(self.owner)


def _reap(now: datetime) -> None:
    for run in queue.reap(now):
        log.warning("run %s was interrupted: its worker is gone", run.pk)
