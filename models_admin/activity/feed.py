"""The activity for the open pages of this process: read once a second for all of them."""

import asyncio
import json
import logging
from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from django.utils import timezone

from accounts.database import in_database
from accounts.models import Person
from models_admin.activity import shown, snapshot
from models_admin.activity.shown import Audience
from models_admin.activity.speeds import Kept

log = logging.getLogger(__name__)

INTERVAL = 1.0  # seconds between two looks; nothing is sent where nothing has changed

Reader = tuple[UUID, str]  # a person and the language of their page


class Page(Protocol):
    """An open page."""

    @property
    def reader(self) -> Reader: ...

    def offer(self, frame: str) -> None:
        """Takes the newest frame; an older one that waits still is out of date by that."""


def look(readers: Iterable[Reader], kept: Kept) -> dict[Reader, str]:
    """The frame for each reader who is still active, the same one for those who see the same.

    Sync, in a database thread.
    """
    wanted = list(readers)
    found = Person.objects.filter(pk__in={pk for pk, _ in wanted}, is_active=True)
    people = {person.pk: person for person in found}
    groups = shown.groups_of(list(people))
    now = timezone.now()
    state = snapshot.read(now, kept.at(now))
    rendered: dict[Audience, str] = {}
    made: dict[tuple[Audience, Person | None], str] = {}
    frames = {}
    for pk, language in wanted:
        if person := people.get(pk):
            audience = Audience.of(person, groups.get(pk, frozenset()), language)
            if audience not in rendered:
                rendered[audience] = shown.rendered(state, audience)
            html = rendered[audience]
            whom = person if shown.is_about(html, person) else None
            if (audience, whom) not in made:
                made[audience, whom] = _frame(shown.filled_in(html, whom, language))
            frames[pk, language] = made[audience, whom]
    return frames


def _frame(html: str) -> str:
    content = f'<hx-partial hx-target="#activity" hx-swap="innerMorph">{html}</hx-partial>'
    return json.dumps({"kind": "activity", "content": content})


class Feed:
    """Tells the pages of one loop, as long as there are any."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()
        self._task: asyncio.Task[None] | None = None
        self._kept = Kept()

    async def look(self, readers: Iterable[Reader]) -> dict[Reader, str]:
        """The frames of now, by reader."""
        return await in_database(look, readers, self._kept)

    def add(self, page: Page) -> None:
        """Begins to tell a page."""
        self._pages.add(page)
        if self._task is None:
            self._task = asyncio.create_task(self._tell())

    def discard(self, page: Page) -> None:
        """Ends it; may be called twice."""
        self._pages.discard(page)

    async def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._pages:
                began = loop.time()
                await self._look()
                await asyncio.sleep(max(began + INTERVAL - loop.time(), INTERVAL / 2))
        finally:
            self._task = None

    async def _look(self) -> None:
        try:
            frames = await self.look({page.reader for page in self._pages})
        except Exception:
            log.exception("the pages of the activity wait for news")
            return
        for page in list(self._pages):
            if frame := frames.get(page.reader):
                page.offer(frame)


_feeds: dict[asyncio.AbstractEventLoop, Feed] = {}


def here() -> Feed:
    """The feed of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _feeds:
        for closed in [each for each in _feeds if each.is_closed()]:
            del _feeds[closed]
        _feeds[loop] = Feed()
    return _feeds[loop]
