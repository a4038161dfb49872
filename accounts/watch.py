"""Checks once a minute that the people behind the open sockets are still signed in.

What ends a session closes its sockets at once (closing.py), but over a layer that may lose it. One
timer for all sockets of a process, and two queries for up to BATCH sessions.
"""

import asyncio
import contextvars
import logging
from collections.abc import Iterable
from typing import Protocol
from weakref import WeakKeyDictionary

from accounts.database import in_database_again
from accounts.models import Person
from accounts.sessions import people_of

log = logging.getLogger(__name__)

PERIOD_S = 60.0
BATCH = 400


class Watched(Protocol):
    """A socket, as the watch sees it."""

    session_key: str

    async def confirmed(self, person: Person | None) -> None:
        """Hears who the session belongs to now."""


class Watch:
    """The open sockets of one event loop. Its timer runs while there are any."""

    def __init__(self) -> None:
        self._sockets: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None

    def add(self, socket: Watched) -> None:
        """Begins to check a socket."""
        self._sockets.add(socket)
        self._schedule()

    def discard(self, socket: Watched) -> None:
        """Ends it; may be called twice, and from `confirmed`."""
        self._sockets.discard(socket)
        if not self._sockets and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def look(self) -> None:
        """Checks every socket now; leaves all as they are where the database does not answer."""
        sockets = list(self._sockets)
        keys = sorted({socket.session_key for socket in sockets})
        people: dict[str, Person] = {}
        for start in range(0, len(keys), BATCH):
            people |= await in_database_again(people_of, keys[start : start + BATCH])
        await self._tell(sockets, keys, people)

    async def _tell(
        self, sockets: Iterable[Watched], keys: list[str], people: dict[str, Person]
    ) -> None:
        asked = set(keys)
        for socket in sockets:
            # One that moved to another session meanwhile is looked at next time.
            if socket in self._sockets and socket.session_key in asked:
                try:
                    await socket.confirmed(people.get(socket.session_key))
                except Exception:
                    log.exception("a socket could not be told")

    def _schedule(self) -> None:
        if self._sockets and self._timer is None and self._looking is None:
            self._timer = asyncio.get_running_loop().call_later(PERIOD_S, self._start)

    def _start(self) -> None:
        self._timer = None
        # An empty context: the timer was set in that of some socket.
        self._looking = asyncio.get_running_loop().create_task(
            self._look_and_go_on(), context=contextvars.Context()
        )

    async def _look_and_go_on(self) -> None:
        try:
            await self.look()
        except Exception:
            log.exception("the open sockets could not be checked")
        finally:
            self._looking = None
            self._schedule()


_watches: "WeakKeyDictionary[asyncio.AbstractEventLoop, Watch]" = WeakKeyDictionary()


def here() -> Watch:
    """The watch of the running loop."""
    return _watches.setdefault(asyncio.get_running_loop(), Watch())
