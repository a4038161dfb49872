"""The base of every socket: who may open it, how long it stays, and that nothing kills it."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts import origins, sessions, watch
from accounts.closing import SIGNED_OUT, close_sessions, person_group, session_group
from accounts.database import in_database
from accounts.models import Person

__all__ = [
    "NOT_FOUND",
    "PERSON_GROUP",
    "SIGNED_OUT",
    "TRY_AGAIN",
    "Socket",
    "close_sessions",
    "session_group",
]

log = logging.getLogger(__name__)

PERSON_GROUP = person_group

# Close codes. The page comes back by itself after 1012 and 1013, not after 1008 and 44xx.
NOT_FOUND = 4404
MISUSE = 1008
COME_BACK = 1012
TRY_AGAIN = 1013

LONGEST_MESSAGE = 1024  # bytes that a client may send at once: it has nothing to say here
MESSAGES = 8  # that it may send in a row; one more every REFILL_S seconds
REFILL_S = 10.0
SEND_TIMEOUT_S = 35.0  # the server itself drops a reader that takes nothing after 30
LAYER_TIMEOUT_S = 5.0
PUSH = "webchat.push"  # the server's extension that sends at once, see webchat.serve


@runtime_checkable
class DirectLayer(Protocol):
    """A layer in this process that hands out events at once, see webchat.layer."""

    direct: dict[str, Callable[[dict[str, Any]], bool]]


class LayerLost(Exception):
    """The channel layer did not do what was asked of it."""


class Socket(AsyncWebsocketConsumer):
    """A door, not a room: it shows what changes and a client changes nothing through it.

    Subclasses say in `groups_to_join` what they listen to and in `joined` what a page that comes
    (back) should be told. A foreign page is refused in the handshake, a stranger gets 4401.
    Channels dispatches by hopping to one thread that all consumers share; this one does not, so a
    handler must not touch the ORM but through `in_database`.
    """

    person: Person
    session_key: str = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups: list[str] = []
        self._is_closed = False
        self._left = float(MESSAGES)
        self._left_at = time.monotonic()
        self._is_direct = False
        self._push: Callable[[str], bool] | None = None
        self._behind = 0  # events of the layer that wait in its queue

    async def groups_to_join(self) -> list[str] | None:
        """More groups of the layer to listen to; None closes with NOT_FOUND."""
        return []

    async def joined(self) -> None:
        """Called once everything that changes from now on will be heard."""

    # From the server

    async def show(self, event: dict[str, Any]) -> None:
        """Layer event: ready text for the page."""
        await self.send(event["text"])

    async def leave(self, event: dict[str, Any]) -> None:
        """Layer event: close, unless the event keeps the sockets of this session."""
        if session_group(self.session_key) not in event.get("keep", ()):
            await self.close(event["code"])

    async def move(self, event: dict[str, Any]) -> None:
        """Layer event: this session has got a new key."""
        if not self._is_closed:
            self.session_key = event["session_key"]
            await self._join(session_group(self.session_key))

    async def confirmed(self, person: Person | None) -> None:
        """From the watch, once a minute: who the session belongs to now."""
        if person is None:
            # The key may have changed in another tab. The page comes back with the cookie that it
            # has now, and gets 4401 if that is not good either.
            await self.close(COME_BACK)
        else:
            self.person = person

    # Channels' side

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        except Exception as error:
            # A layer that is gone, a page that takes nothing, or a fault of ours: close so that
            # the page comes back and catches up.
            log.warning("a socket ends: %r", error)
            await self._end()
        finally:
            self._is_closed = True
            watch.here().discard(self)
            if self._is_direct:
                self.channel_layer.direct.pop(self.channel_name, None)

    def _take(self, event: dict[str, Any]) -> bool:
        """From a DirectLayer: shows an event at once, if none before it still waits."""
        is_next = event["type"] == "show" and not self._behind and not self._is_closed
        if is_next and self._push is not None and self._push(event["text"]):
            return True
        self._behind += 1
        return False

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Calls the handler at once, without Channels' hop to a thread."""
        handler = getattr(self, get_handler_name(message), None)
        if handler is None:
            log.warning("a socket ignores an event %r", message["type"])
            return
        try:
            await handler(message)
            if "." not in message["type"]:  # not one of the server's own
                self._behind = max(0, self._behind - 1)
        except (StopConsumer, LayerLost, TimeoutError):
            raise
        except Exception:
            log.exception("a socket failed at %r", message["type"])
            raise

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        if not origins.is_own(self.scope):
            await self.close()
            return
        # Past the queue and the tasks of Channels, where the layer is able to do that.
        if isinstance(self.channel_layer, DirectLayer):
            self._is_direct = True
            self.channel_layer.direct[self.channel_name] = self._take
        # All of it before the handshake is answered: where it fails, the page waits longer and
        # longer between its attempts, which it does not once a socket was open.
        refusal = await self._enter()
        await self.accept()
        if refusal is not None:
            await self.close(refusal)
            return
        watch.here().add(self)
        await self.joined()
        if self._is_direct:
            self._push = self.scope.get("extensions", {}).get(PUSH)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        content = message.get("bytes") or (message.get("text") or "").encode(errors="replace")
        now = time.monotonic()
        self._left = min(MESSAGES, self._left + (now - self._left_at) / REFILL_S) - 1
        self._left_at = now
        if len(content) > LONGEST_MESSAGE or self._left < 0:
            await self.close(MISUSE)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        self._is_closed = True
        await self._leave_groups()
        await self.disconnect(message["code"])
        raise StopConsumer

    async def send(
        self, text_data: str | None = None, bytes_data: bytes | None = None, close: Any = False
    ) -> None:
        """Sends to the page; nothing once closed. Waits for the reader, but not for ever."""
        if not self._is_closed:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await super().send(text_data, bytes_data, close)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Closes once and listens no more."""
        if self._is_closed:
            return
        self._is_closed = True
        watch.here().discard(self)
        await super().close(code, reason)
        await self._leave_groups()

    async def _enter(self) -> int | None:
        """Finds out who comes and joins their groups; or returns why not, as a close code."""
        self.session_key = sessions.key_of(self.scope["headers"])
        if not self.session_key:
            return SIGNED_OUT
        # Before asking for the person: a sign-out in between is then heard.
        await self._join(session_group(self.session_key))
        person = await in_database(sessions.person_of, self.session_key)
        if person is None:
            return SIGNED_OUT
        self.person = person
        await self._join(person_group(person.pk))
        groups = await self.groups_to_join()
        if groups is None:
            return NOT_FOUND
        for group in groups:
            await self._join(group)
        return None

    async def _join(self, group: str) -> None:
        self.groups.append(group)
        try:
            async with asyncio.timeout(LAYER_TIMEOUT_S):
                await self.channel_layer.group_add(group, self.channel_name)
        except Exception as error:
            raise LayerLost(repr(error)) from error

    async def _leave_groups(self) -> None:
        groups, self.groups = self.groups, []
        try:
            async with asyncio.timeout(LAYER_TIMEOUT_S):
                for group in groups:
                    await self.channel_layer.group_discard(group, self.channel_name)
        except Exception as error:
            log.warning("a socket's groups wait to expire: %r", error)

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(LAYER_TIMEOUT_S):
                await self.close(TRY_AGAIN)
        except Exception as error:
            log.debug("the socket was gone: %r", error)
