"""Has a process of its own search among many messages, and reads what it measured."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from bench.processes import ROOT, environment
from bench.result import at


@dataclass
class Searches:
    """Times in milliseconds by the kind of search, "whose: what"."""

    messages: int
    fill_s: float
    times: dict[str, list[float]]

    @property
    def all_times(self) -> list[float]:
        return [time for times in self.times.values() for time in times]

    def rows(self) -> Iterator[str]:
        yield f"\n{f'search among {self.messages:,} messages':<48}{'p50':>9}{'p95':>9}"
        for name, times in self.times.items():
            yield f"{name:<48}{at(times, 50):>9.1f}{at(times, 95):>9.1f}"


def search(messages: int) -> Searches:
    """What the dialog's requests take among so many messages, in SQLite."""
    with tempfile.TemporaryDirectory(prefix="webchat-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "bench.search", str(messages)],
            cwd=ROOT,
            env=environment(WEBCHAT_DATA_DIR=folder),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Searches(**json.loads(done.stdout))
