"""The way from async code to the database, and what is written in passing."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from channels.db import DatabaseSyncToAsync
from django.db import InterfaceError, OperationalError, transaction

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

# Few threads: SQLite has one writer, and each thread holds a connection.
THREADS = 4
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="database")


async def in_database(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a sync function that uses the ORM in the database threads, never in the loop's own."""
    run = DatabaseSyncToAsync(function, thread_sensitive=False, executor=_pool)
    result: R = await run(*args, **kwargs)
    return result


async def in_database_again(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The same for work that may be done twice: tried once more where the connection was lost."""
    try:
        return await in_database(function, *args, **kwargs)
    except (OperationalError, InterfaceError):
        return await in_database(function, *args, **kwargs)


@contextmanager
def in_passing() -> Iterator[None]:
    """For what a page notes while it is read: a full or locked database keeps nobody from reading.

    What could not be written is as if it had not been tried.
    """
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        log.warning("not noted in passing: %s", error)
