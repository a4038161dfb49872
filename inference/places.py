"""Tells pages what frames do not say: that their run began, went back, or moved up in the line."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from accounts.database import in_database
from inference import queue, wakeups
from inference.models import Run
from inference.queue import Place
from inference.running import Running

# Pages told in one round. The others hear of it in the next ones: a second later each.
MOST_TOLD = 50
# A page that was told nothing of the line shows its question, and most first tokens come sooner
# than it could fetch that a model is being loaded.
LOADING_SHOWS_AFTER = 0.3
# A run that waited longer was shown with its place in the line.
SHOWN_WAITING_AFTER = 0.3
# What a page shows of a place changes by itself, but seconds run: they are told in such steps.
STEP_SECONDS = 10

# The time that is left runs down also while nobody moves.
LOOKS_AT_LEAST = timedelta(seconds=STEP_SECONDS)

Shown = tuple[int, str, int]


class Places:
    """What the pages of this worker's runs, and of all that wait, were last told."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._told: dict[UUID, Shown] = {}
        self._look = True
        self._looked_at = now()
        # Those that wait and are watched, as of the last round.
        self.waiting: set[UUID] = set()

    def moved(self) -> None:
        """The line has moved: the next round looks who has another place."""
        self._look = True

    def began(self, running: Running) -> None:
        """A run was claimed. Its page is told if it shows a place, or if a model must be loaded."""
        self._look = True
        self._told.pop(running.id, None)
        if running.live is None:
            return
        run = running.claim.run
        waited = (self._now() - run.queued_at).total_seconds()
        if waited > SHOWN_WAITING_AFTER:
            wakeups.show(running.group, changed(run))
            return

        def tell() -> None:
            if running.first_token_at is None and not running.closed:
                wakeups.show(running.group, changed(run))

        asyncio.get_running_loop().call_later(LOADING_SHOWS_AFTER, tell)

    def put_back(self, run: Run) -> None:
        """A run waits again."""
        self._look = True
        if run.audience is not None:
            wakeups.show(wakeups.audience_group(run.audience), changed(run))

    async def tell(self) -> None:
        """A round: tells the pages whose place has changed, those at the head of the line first."""
        now = self._now()
        look = self._look or now - self._looked_at > LOOKS_AT_LEAST
        self._look = False
        known = None if look else self.waiting
        self.waiting, lines = await in_database(_lines, now, known)
        if lines is None:
            return
        self._looked_at = now
        self._told = {pk: shown for pk, shown in self._told.items() if pk in lines}
        told = 0
        for pk, (place, subject, audience) in lines.items():
            shown = (place.position, place.waits_for, _step(place.seconds))
            if self._told.get(pk) == shown:
                continue
            if told == MOST_TOLD:
                self._look = True
                break
            told += 1
            self._told[pk] = shown
            group = wakeups.audience_group(audience)
            await wakeups.ashow(group, {"kind": "changed", "message": str(subject)})


def changed(run: Run) -> dict[str, str]:
    """The hint that a page shall fetch the run's message again."""
    return {"kind": "changed", "message": str(run.subject)}


def _lines(
    now: datetime, known: set[UUID] | None
) -> tuple[set[UUID], dict[UUID, tuple[Place, UUID, UUID]] | None]:
    """The runs that wait and that somebody watches, and their place, subject and audience.

    The places are None if all that is `known` still waits: then nobody has moved up.
    """
    waiting = Run.objects.waiting().exclude(audience=None)
    rows = waiting.values_list("pk", "subject", "audience")
    watched = {pk: (subject, audience) for pk, subject, audience in rows if audience}
    if known is not None and known <= watched.keys():
        return set(watched), None
    places = sorted(queue.places(now).items(), key=lambda each: each[1].position) if watched else []
    lines = {pk: (place, *watched[pk]) for pk, place in places if pk in watched}
    return set(watched), lines


def _step(seconds: float | None) -> int:
    return -1 if seconds is None else int(seconds // STEP_SECONDS)
