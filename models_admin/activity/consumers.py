"""The socket of the activity."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from accounts.sockets import Socket
from models_admin.activity import feed
from models_admin.activity.feed import Reader


class ActivitySocket(Socket):
    """For everybody who is signed in. `?language=` is the page's: what is shown comes ready."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._language = settings.LANGUAGE_CODE
        self._newest = ""
        self._shown = ""
        self._sending: asyncio.Task[None] | None = None

    @property
    def reader(self) -> Reader:
        """Who looks, in which language."""
        return self.person.pk, self._language

    async def groups_to_join(self) -> list[str] | None:
        asked = parse_qs(self.scope.get("query_string", b"").decode(errors="replace"))
        language = asked.get("language", [""])[0]
        if language in dict(settings.LANGUAGES):
            self._language = language
        return []

    async def joined(self) -> None:
        if frame := (await feed.here().look([self.reader])).get(self.reader):
            self.offer(frame)
        feed.here().add(self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            feed.here().discard(self)
            if self._sending is not None:
                self._sending.cancel()

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        feed.here().discard(self)
        await super().close(code, reason)

    def offer(self, frame: str) -> None:
        """Sends the newest as soon as the page has taken what was sent before."""
        self._newest = frame
        if self._sending is None and frame != self._shown:
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        try:
            while self._newest != self._shown:
                self._shown = self._newest
                await self.send(self._shown)
        except TimeoutError:  # a page that takes nothing: it comes back and catches up
            await self._end()
        finally:
            self._sending = None
