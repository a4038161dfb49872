"""What was asked of the server, for the assertions of tests."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

# Older ones are forgotten, so that a server that runs for long does not grow.
KEPT = 1000


@dataclass
class Asked:
    """One request. Times are seconds since the epoch, None as long as it has not come to that."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    started: float = field(default_factory=time.time)
    first_line: float | None = None
    ended: float | None = None
    status: int | None = None
    lines: int = 0
    cut_by_client: bool = False


class Log:
    """Written in the server's loop and read from any thread."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque(maxlen=KEPT)
        self._changed = threading.Condition()

    def add(self, asked: Asked) -> None:
        with self._changed:
            self._asked.append(asked)
            self._changed.notify_all()

    def end(self, asked: Asked, *, cut_by_client: bool = False) -> None:
        with self._changed:
            asked.ended = time.time()
            asked.cut_by_client = cut_by_client
            self._changed.notify_all()

    def clear(self) -> None:
        with self._changed:
            self._asked.clear()

    def all(self) -> list[dict[str, Any]]:
        with self._changed:
            return [asdict(asked) for asked in self._asked]

    def wait_for(
        self, enough: Callable[[list[dict[str, Any]]], bool], timeout: float
    ) -> list[dict[str, Any]]:
        """All requests, once `enough` holds for them; it is asked again as they come and end.

        Blocks its thread. Raises TimeoutError after `timeout` seconds.
        """
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = [asdict(asked) for asked in self._asked]
            return enough(found)

        with self._changed:
            if not self._changed.wait_for(look, timeout):
                raise TimeoutError(f"after {timeout} s only these requests: {found}")
        return found
