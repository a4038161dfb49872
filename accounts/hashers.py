"""How passwords are hashed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 2
LONGEST_WAIT_S = 8.0


class TooManyAtOnce(Exception):
    """So many passwords wait to be hashed that this one was given up."""


class LightArgon2(Argon2PasswordHasher):
    """Argon2id as OWASP has it for servers with little memory: 19 MiB, two passes, one lane.

    With Django's figures ten people who sign in at once take a gigabyte. Besides, a process hashes
    only AT_ONCE passwords at a time; who waits longer than LONGEST_WAIT_S gets TooManyAtOnce.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    _turns = threading.BoundedSemaphore(AT_ONCE)

    def encode(self, password: str, salt: str) -> str:
        with self._turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with self._turn():
            return super().verify(password, encoded)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=LONGEST_WAIT_S):
            raise TooManyAtOnce
        try:
            yield
        finally:
            self._turns.release()
