"""What one load comes to."""

import statistics
from dataclasses import dataclass

from bench.processes import Plain, Upstream, Webchat

HEAD = (
    f"{'':<28}{'streams':>8}{'µs/token':>10}{'first50':>9}{'first99':>9}{'delay50':>9}"
    f"{'delay99':>9}{'MB':>9}{'whole':>9}"
)


@dataclass
class Result:
    """Times in milliseconds, memory in MB, processor time in µs a token."""

    name: str
    streams: int
    cpu: float
    first: list[float]
    delays: list[float]
    memory: float
    whole: int
    errors: list[str]

    def row(self) -> str:
        return (
            f"{self.name:<28}{self.streams:>8}{self.cpu:>10.1f}{at(self.first, 50):>9.0f}"
            f"{at(self.first, 99):>9.0f}{at(self.delays, 50):>9.0f}{at(self.delays, 99):>9.0f}"
            f"{self.memory:>9.0f}{self.whole:>9}"
        )


def at(values: list[float], percent: int) -> float:
    """A percentile; not a number where there are no values."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def measure(
    server: Upstream | Plain | Webchat, streams: int, tokens: int, speed: float, spread: float
) -> Result:
    """Has `streams` readers read one answer of `tokens` tokens each, begun within `spread` s."""
    read = server.load(streams, tokens, spread, seconds=tokens / speed)
    return Result(
        name=f"{server.name}{'' if spread else ', at one instant'}",
        streams=streams,
        cpu=read["cpu"] / max(1, read["seen"]) * 1e6,
        first=read["first"],
        delays=read["delays"],
        memory=server.peak_memory(),
        whole=read["whole"],
        errors=read["errors"],
    )
