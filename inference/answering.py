"""The worker's half for runs: claims what has a free slot, saves all answers, writes their ends."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, transaction

from accounts.database import in_database, in_database_again
from inference import catalogue, claims, queue
from inference.claims import Claim
from inference.clients import Clients, Way
from inference.live.snapshot import live_answers
from inference.models import Run
from inference.outcomes import Outcome
from inference.pacing import Pace
from inference.places import Places
from inference.queue import Progress
from inference.running import LOST, STOPPED, Running

log = logging.getLogger(__name__)

# A worker holds at most this many answers at once, whatever the slots say.
MOST_RUNS = 1_000
# Claimed in one go, and twice as many in the next: the first ones are sent while the prompts of
# the others are made, and a crowd does not cost a look at the whole line for each few.
AT_ONCE = 8
# Seconds between tries to write how a run ended. While the database takes nothing from anybody it
# is tried on at the last pace, which leaves time within the lease that `Worker` then gives to all.
WAITS_TO_WRITE = (0.2, 0.5, 1.0, 2.0, 4.0)
# A server that is gone once it has a request gets that one twice: it may be killed by it for good.
MOST_DROPS = 2
# Seconds that the first answer of a model may wait for its end to tell how full its context is.
LOOK_AT_WINDOW_S = 1.0


class Answering:
    """The runs that one worker answers at this time."""

    def __init__(
        self,
        owner: str,
        clients: Clients,
        places: Places,
        *,
        now: Callable[[], datetime],
        seconds: float,
        patience: timedelta,
        wake: Callable[[], None],
    ) -> None:
        """`seconds` bounds one answer, `patience` the time that a run waits for a lame server.

        `wake` is called when a slot has become free.
        """
        self.pace = Pace()
        self.runs: dict[UUID, Running] = {}
        self._owner = owner
        self._clients = clients
        self._places = places
        self._now = now
        self._seconds = seconds
        self._patience = patience
        self._wake = wake
        self._saving = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._claim_failed = False

    async def claim(self) -> None:
        """Begins what has a free slot, and ends what somebody wants stopped."""
        if self._claim_failed:
            await in_database(claims.put_back_unknown, self._owner, set(self.runs), self._now())
            self._claim_failed = False
        at_once, more = AT_ONCE, True
        while more:
            limit = min(at_once, MOST_RUNS - len(self.runs))
            try:
                found = await in_database(claims.look, self._owner, self._now(), limit=limit)
            except DatabaseError:
                self._claim_failed = True
                raise
            for pk in found.stops:
                if running := self.runs.get(pk):
                    running.end(STOPPED)
            for claim in found.claims:
                if self._stopping:
                    await self._put_back(claim, "")
                else:
                    self._begin(claim)
            at_once, more = at_once * 2, len(found.claims) == limit > 0

    async def save(self) -> None:
        """Saves what all answers have grown by, in one transaction, and renews their leases."""
        async with self._saving:
            runs = [running for running in self.runs.values() if not running.closed]
            if not runs:
                return
            parts = [running.unsaved.take() for running in runs]
            progress = [
                Progress(running.id, running.epoch, *part, running.unsaved_first_token())
                for running, part in zip(runs, parts, strict=True)
            ]
            try:
                saved = await in_database(queue.save, self._owner, progress, self._now())
            except BaseException:
                for running, part in zip(runs, parts, strict=True):
                    running.unsaved.give_back(part)
                raise
        for running, news in zip(runs, progress, strict=True):
            if running.id not in saved.kept:
                running.end(LOST)
                continue
            if news.first_token_at is not None:
                running.first_token_saved = True
            if running.id in saved.stop:
                running.end(STOPPED)

    async def stop(self, seconds: float) -> None:
        """Ends all answers as interrupted, with all their text; takes at most `seconds`."""
        self._stopping = True
        for running in list(self.runs.values()):
            running.end("restart")
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()

    def active_servers(self) -> dict[UUID, Way]:
        """The servers that work for us at this time, with the way to each."""
        all_claims = [running.claim for running in self.runs.values()]
        return {c.run.server_id: c.way for c in all_claims if c.run.server_id is not None}

    def _begin(self, claim: Claim) -> None:
        running = Running(
            claim,
            self._clients.to(claim.way),
            pace=self.pace,
            now=self._now,
            seconds=self._seconds,
        )
        self.runs[running.id] = running
        if running.live is not None:
            live_answers[claim.run.subject] = running.live
        self._places.began(running)
        task = asyncio.create_task(self._carry(running))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, running: Running) -> None:
        live = running.live
        try:
            outcome = await running.read()
            await self._end(running, outcome)
        except Exception:
            log.exception("run %s could not be ended, the reaper will", running.id)
        finally:
            self.runs.pop(running.id, None)
            subject = running.claim.run.subject
            if live is not None and live_answers.get(subject) is live:
                del live_answers[subject]
            self._places.moved()
            self._wake()

    async def _end(self, running: Running, outcome: Outcome) -> None:
        running.closed = True
        async with self._saving:  # a save under way writes before us, or gives its text back
            pass
        if running.lost:
            log.warning("run %s is no longer ours", running.id)
            return
        if outcome.error_kind in ("unreachable", "model_missing"):
            server_id = running.claim.run.server_id
            if server_id is not None:
                await in_database(catalogue.submit_soon, server_id)
        waited = self._now() - running.claim.run.queued_at
        again = waited < self._patience and not self._stopping
        if outcome.dropped and running.claim.run.attempts >= MOST_DROPS:
            again = False
        if again and outcome.may_wait:
            await self._put_back(running.claim, outcome.error, busy=outcome.error_kind == "busy")
        elif again and outcome.may_go_elsewhere and await self._go_elsewhere(running.claim):
            pass
        else:
            if outcome.status == Run.Status.DONE and not running.claim.knows_window:
                await self._look_at_window(running.claim)
            await self._finish(running, outcome)

    async def _look_at_window(self, claim: Claim) -> None:
        """Learns with how large a context the model was loaded for this run."""
        server_id = claim.run.server_id
        assert server_id is not None  # noqa: S101  claiming gave it one
        try:
            async with asyncio.timeout(LOOK_AT_WINDOW_S):
                await catalogue.look_at_loaded(server_id, self._clients.to(claim.way), self._now())
        except (TimeoutError, DatabaseError) as error:
            log.info("the context of %s is not known yet: %r", claim.run.model_name, error)

    async def _put_back(self, claim: Claim, error: str, *, busy: bool = False) -> None:
        run = claim.run
        await self._write(
            run.pk,
            queue.put_back,
            run.pk,
            run.epoch,
            now=self._now(),
            error=error,
            busy=busy,
        )
        self._places.put_back(run)

    async def _go_elsewhere(self, claim: Claim) -> bool:
        run = claim.run
        went = await in_database_again(queue.go_elsewhere, run.pk, run.epoch, now=self._now())
        if went:
            self._places.put_back(run)
        return went

    async def _finish(self, running: Running, outcome: Outcome) -> None:
        part = running.unsaved.take()
        await self._write(
            running.id,
            _finish,
            running.unsaved_first_token(),
            running.id,
            running.epoch,
            outcome.status,
            now=self._now(),
            start=part.start,
            thinking=part.thinking,
            text=part.text,
            tool_calls=running.tool_calls,
            done_reason=outcome.done_reason,
            usage=outcome.usage,
            error_kind=outcome.error_kind,
            error=outcome.error,
        )

    async def _write(self, pk: UUID, change: Callable[..., Any], *args: Any, **named: Any) -> None:
        """Writes how a run ended; again while the database fails, for as long as we live."""
        for attempt in count():
            try:
                await in_database_again(change, *args, **named)
                return
            except DatabaseError as error:
                is_away = isinstance(error, OperationalError | InterfaceError)
                if attempt >= len(WAITS_TO_WRITE) and not is_away:
                    break
                wait = WAITS_TO_WRITE[min(attempt, len(WAITS_TO_WRITE) - 1)]
                log.error("run %s could not be saved, again in %.1f s: %s", pk, wait, error)
                await asyncio.sleep(wait)
        log.error("run %s could not be saved, the reaper will end it", pk)


@transaction.atomic
def _finish(
    first_token_at: datetime | None, pk: UUID, epoch: int, *args: Any, **named: Any
) -> None:
    if first_token_at is not None:  # it ended before it was saved
        Run.objects.running().filter(pk=pk, epoch=epoch).update(first_token_at=first_token_at)
    queue.finish(pk, epoch, *args, **named)
