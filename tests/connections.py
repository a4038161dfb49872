"""A pytest plugin: closes the connections of other threads before the test database is dropped.

Channels' communicators and Django's test clients keep `close_old_connections` from doing its work,
and PostgreSQL drops no database that somebody is connected to.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from asgiref.sync import SyncToAsync
from django.db import connections


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(nextitem) -> None:
    """After the last test, and before its fixtures and those of the session end."""
    if nextitem is None:
        for pool in _pools():
            _close_in(pool)


def _pools() -> Iterator[ThreadPoolExecutor]:
    from accounts import database

    yield database._pool
    yield SyncToAsync.single_thread_executor


def _close_in(pool: ThreadPoolExecutor) -> None:
    threads = len(pool._threads)
    meet = Barrier(threads or 1)  # so that each thread takes one

    def close() -> None:
        meet.wait(timeout=10)
        connections.close_all()

    for call in [pool.submit(close) for _ in range(threads)]:
        call.result()
