"""How long a look into the index may take in SQLite, which keeps a thread of the pages so long.

Who types on, or searches in several tabs, asks again while a slow search still runs. It makes way
then; so one person has one slow search in a process, and the other threads are there for others.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from uuid import UUID

from django.db import OperationalError, connection

from chat.search.store import PATIENCE_S, TooLong

# Seconds after which a look is slow.
SLOW_S = 0.2
# Steps of SQLite's machine between two looks at the clock. While FTS5 looks for a phrase, or puts
# lists together, it takes five or so for each page that it reads: 5 ms pass until the next look.
STEPS = 1_000

_numbers = count(1)
# By person: the newest look.
_newest: dict[UUID, int] = {}


class Look:
    """One look into the index, from its beginning on."""

    def __init__(self, owner_id: UUID) -> None:
        self._owner_id = owner_id
        self._number = _newest[owner_id] = next(_numbers)
        self._began = time.monotonic()
        self.was_ended = False

    def has_to_end(self) -> bool:
        is_the_newest = _newest[self._owner_id] == self._number
        seconds = PATIENCE_S if is_the_newest else SLOW_S
        self.was_ended = time.monotonic() - self._began > seconds
        return self.was_ended


@contextmanager
def patience(owner_id: UUID) -> Iterator[None]:
    """Raises TooLong once what is asked within it takes too long."""
    connection.ensure_connection()
    look = Look(owner_id)
    connection.connection.set_progress_handler(look.has_to_end, STEPS)
    try:
        yield
    except OperationalError as error:
        if not look.was_ended:
            raise
        raise TooLong from error
    finally:
        connection.connection.set_progress_handler(None, 0)
