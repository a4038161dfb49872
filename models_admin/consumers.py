"""The socket of the pages of models."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from accounts.database import in_database
from accounts.sockets import Socket
from inference.wakeups import MODELS
from models_admin.jobs import feed
from models_admin.jobs.feed import News


class ModelsSocket(Socket):
    """For everybody who is signed in; of jobs only those hear who manage models.

    `?language=` is the page's, as figures come ready.
    """

    language = settings.LANGUAGE_CODE

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._news: News | None = None
        self._shown = ""
        self._sending: asyncio.Task[None] | None = None

    async def groups_to_join(self) -> list[str] | None:
        asked = parse_qs(self.scope.get("query_string", b"").decode(errors="replace"))
        language = asked.get("language", [""])[0]
        if language in dict(settings.LANGUAGES):
            self.language = language
        return [MODELS]

    async def joined(self) -> None:
        if self.person.manages_models:
            feed.here().add(self)
            self.offer((await in_database(feed.look, [self.language])).by_language[self.language])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            feed.here().discard(self)
            if self._sending is not None:
                self._sending.cancel()

    async def jobs_changed(self, event: dict[str, Any]) -> None:
        """Layer event: some job is not as it was. Every socket hears it, and one look follows."""
        if self.person.manages_models:
            feed.here().changed(figures_only=event.get("figures_only", False))
        else:  # no manager any more
            feed.here().discard(self)

    def offer(self, news: News) -> None:
        """Sends the newest as soon as the page has taken what was sent before."""
        self._news = news
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        try:
            while (news := self._news) is not None and self.person.manages_models:
                self._news = None
                if news.stamp != self._shown:
                    self._shown = news.stamp
                    await self.send(news.hint)
                if news.figures:
                    await self.send(news.figures)
        except TimeoutError:  # a page that takes nothing: it comes back and catches up
            await self._end()
        finally:
            self._sending = None
