"""News of jobs for the open pages of this process: looked up and rendered once for all of them."""

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation

from accounts.database import in_database
from inference.models import Job
from models_admin.jobs import listing
from models_admin.jobs.shown import Shown

log = logging.getLogger(__name__)

# Seconds between two messages: a page gets two a second, and one more as it comes.
INTERVAL = 0.5


class Page(Protocol):
    """A page that is open in some language."""

    language: str

    def offer(self, news: "News") -> None:
        """Takes the newest; what it had not sent yet is out of date by that."""


@dataclass(frozen=True)
class News:
    """What to tell pages: that other jobs run than before, and the figures of those that do."""

    stamp: str
    hint: str
    figures: str  # "" while nothing runs


@dataclass(frozen=True)
class Look:
    """The news for each language, and the job that ended last."""

    by_language: dict[str, News]
    newest_end: UUID | None


def look(languages: Iterable[str], before: Look | None = None) -> Look:
    """Looks what there is now. Sync, in a database thread.

    With the look `before`, no job is taken to have ended since.
    """
    jobs = list(listing.moving())
    newest_end = before.newest_end if before else listing.newest_end()
    stamp = listing.stamp(jobs, newest_end)
    hint = json.dumps({"kind": "jobs", "stamp": stamp})
    running = [Shown(job) for job in jobs if job.state == Job.State.RUNNING]
    by_language = {each: News(stamp, hint, _figures(running, each)) for each in languages}
    return Look(by_language, newest_end)


def _figures(running: list[Shown], language: str) -> str:
    if not running:
        return ""
    with translation.override(language):
        content = render_to_string("models_admin/jobs/_figures.html", {"running": running})
    return json.dumps({"kind": "figures", "content": content})


class Feed:
    """Tells the open pages of one loop. One look at a time, however many hints come."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()
        self._task: asyncio.Task[None] | None = None
        self._again = False
        self._last: Look | None = None
        self._only_figures = False  # have changed since the last look

    def add(self, page: Page) -> None:
        self._pages.add(page)
        self._only_figures = False  # without a page nothing was heard

    def discard(self, page: Page) -> None:
        self._pages.discard(page)

    def changed(self, *, figures_only: bool = False) -> None:
        """Something about a job is not as it was; or nothing but its figures."""
        self._again = True
        self._only_figures = self._only_figures and figures_only
        self._start()

    def _start(self) -> None:
        if self._task is None and self._again and self._pages:
            self._task = asyncio.create_task(self._tell())
            self._task.add_done_callback(self._ended)

    async def _tell(self) -> None:
        while self._again and self._pages:
            before = self._last if self._only_figures else None
            self._again, self._only_figures = False, True
            languages = {page.language for page in self._pages}
            try:
                found = await in_database(look, languages, before)
            except Exception:
                log.exception("pages wait for news of jobs")
                self._only_figures = False
            else:
                self._last = found
                for page in list(self._pages):
                    if page.language in found.by_language:
                        page.offer(found.by_language[page.language])
            await asyncio.sleep(INTERVAL)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled():
            self._start()


_feeds: dict[asyncio.AbstractEventLoop, Feed] = {}


def here() -> Feed:
    """The feed of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _feeds:
        for closed in [each for each in _feeds if each.is_closed()]:
            del _feeds[closed]
        _feeds[loop] = Feed()
    return _feeds[loop]
