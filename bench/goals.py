"""The goals on 2 cores, and whether a run met them."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.result import Result, at
from bench.searching import Searches
from bench.weight import Page


@dataclass
class Figures:
    """All that a run measured; loads by their number of streams, memory in MB, times in s."""

    plain: dict[int, Result]
    ours: dict[int, Result]
    ollama: dict[int, Result]
    instant: Result
    idle_memory: float
    ready_s: float
    page_s: float
    pages: list[Page]
    searches: Searches | None = None


@dataclass
class Goal:
    """A figure, and the most that it may be."""

    name: str
    most: float
    measured: float
    digits: int = 0

    def row(self) -> str:
        met = "met" if round(self.measured, self.digits) <= self.most else "missed"
        return f"{self.name:<64}{self.most:>9g}{self.measured:>10.{self.digits}f}  {met}"


def goals(figures: Figures) -> Iterator[Goal]:
    """Each goal with what was measured, as far as the run had the load for it."""
    for streams, ours in figures.ours.items():
        ratio = ours.cpu / figures.plain[streams].cpu
        yield Goal(f"processor time a token, of the relay's, {streams} streams", 0.35, ratio, 2)
    for streams, ours in figures.ours.items():
        beyond = at(ours.first, 50) - at(figures.ollama[streams].first, 50)
        yield Goal(f"first token p50 beyond Ollama's own, {streams} within 1 s (ms)", 30, beyond)
    first = at(figures.instant.first, 50)
    yield Goal(f"first token p50, {figures.instant.streams} at one instant (ms)", 300, first)
    if hundred := figures.ours.get(100):
        yield Goal("delay of a token p50, 100 streams (ms)", 60, at(hundred.delays, 50))
        yield Goal("delay of a token p99, 100 streams (ms)", 150, at(hundred.delays, 99))
        yield Goal("memory, 100 streams (MB)", 160, hundred.memory)
    for streams, ours in figures.ours.items():
        yield Goal(f"answers lost, {streams} streams", 0, streams - ours.whole)
    yield Goal("memory at rest (MB)", 110, figures.idle_memory)
    yield Goal("ready: /healthz answers after (s)", 2, figures.ready_s, 2)
    yield Goal("ready: the sign-in page answers after (s)", 2, figures.page_s, 2)
    for page in figures.pages:
        yield Goal(f"first load, {page.name} (kB)", 80, page.kilobytes, 1)
        yield Goal(f"first load, {page.name} (requests)", 8, page.requests)
    if searches := figures.searches:
        name = f"search p95, {searches.messages:,} messages (ms)"
        yield Goal(name, 50, at(searches.all_times, 95), 1)
