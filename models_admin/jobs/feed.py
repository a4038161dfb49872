"""News of jobs for the open pages of this process: looked up and rendered once for all of them."""

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

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


def look(languages: Iterable[str]) -> dict[str, News]:
    """The news by language. Sync, in a database thread."""
    jobs = list(listing.on_models().open().order_by("created_at").defer("log"))
    stamp = listing.stamp(jobs, listing.ended().first())
    hint = json.dumps({"kind": "jobs", "stamp": stamp})
    running = [Shown(job) for job in jobs if job.state == Job.State.RUNNING]
    return {each: News(stamp, hint, _figures(running, each)) for each in languages}


def _figures(running: list[Shown], language: str) -> str:
    if not running:
        return ""
    with translation.override(language):
        content = "".join(
            f'<hx-partial hx-target="#job-{shown.job.pk}-moves" hx-swap="innerMorph">'
            f"{render_to_string('models_admin/jobs/_moves.html', {'shown': shown})}</hx-partial>"
            for shown in running
        )
    return json.dumps({"kind": "figures", "content": content})


class Feed:
    """Tells the open pages of one loop. One look at a time, however many hints come."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def add(self, page: Page) -> None:
        self._pages.add(page)

    def discard(self, page: Page) -> None:
        self._pages.discard(page)

    def changed(self) -> None:
        """Something about a job is not as it was."""
        self._again = True
        if self._task is None and self._pages:
            self._task = asyncio.create_task(self._tell())
            self._task.add_done_callback(self._ended)

    async def _tell(self) -> None:
        while self._again and self._pages:
            self._again = False
            languages = {page.language for page in self._pages}
            try:
                news = await in_database(look, languages)
            except Exception:
                log.exception("pages wait for news of jobs")
                news = {}
            for page in list(self._pages):
                if page.language in news:
                    page.offer(news[page.language])
            await asyncio.sleep(INTERVAL)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if self._again and not task.cancelled():
            self.changed()


_feeds: dict[asyncio.AbstractEventLoop, Feed] = {}


def here() -> Feed:
    """The feed of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _feeds:
        for closed in [each for each in _feeds if each.is_closed()]:
            del _feeds[closed]
        _feeds[loop] = Feed()
    return _feeds[loop]
