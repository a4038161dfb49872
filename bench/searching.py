"""Has a process of its own search among many messages, and reads what it measured."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from bench.processes import ROOT, environment
from bench.result import at

DATABASE = "WEBCHAT_DATABASE_URL"


@dataclass
class Searches:
    """Times in milliseconds by the kind of search, "whose: what"; sizes in megabytes."""

    messages: int
    fill_s: float
    times: dict[str, list[float]]
    megabytes: dict[str, float]

    @property
    def all_times(self) -> list[float]:
        return [time for times in self.times.values() for time in times]

    def rows(self) -> Iterator[str]:
        """By what is looked for, and then by whose messages."""
        yield (
            f"\nsearch: {self.messages:,} messages filled in {self.fill_s:.0f} s; they take "
            f"{self.megabytes['messages']:.0f} MB, the index {self.megabytes['search']:.0f} MB"
        )
        for place, head in ((1, "what is looked for"), (0, "who has a share of")):
            yield f"{head:<48}{'p50':>9}{'p95':>9}{'max':>9}"
            for name, times in self._by(place).items():
                yield f"{name:<48}{at(times, 50):>9.1f}{at(times, 95):>9.1f}{max(times):>9.1f}"

    def _by(self, place: int) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for name, times in self.times.items():
            found.setdefault(name.split(": ")[place], []).extend(times)
        return found


def search(messages: int, *, on_postgres: bool = False) -> Searches:
    """What the dialog's requests take among so many messages, in SQLite.

    Or in the empty PostgreSQL that WEBCHAT_DATABASE_URL names.
    """
    database = {DATABASE: os.environ[DATABASE]} if on_postgres else {}
    with tempfile.TemporaryDirectory(prefix="webchat-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "bench.search", str(messages)],
            cwd=ROOT,
            env=environment(WEBCHAT_DATA_DIR=folder, **database),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Searches(**json.loads(done.stdout))
