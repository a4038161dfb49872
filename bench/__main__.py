"""Measures Webchat beside a plain Channels relay, in one run, and prints ratios.

`make bench` runs all of it; `python -m bench --streams 50 --tokens 200` a part. Server, upstream
and readers are processes of their own. The same readers and the same upstream serve both.
"""

import argparse
import os
import platform
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Plain, Upstream, Webchat
from bench.weight import weigh

SPEED = 50.0  # tokens a second and stream


@dataclass
class Result:
    """What one load came to. Times in milliseconds, memory in MB, processor time in µs a token."""

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


HEAD = (
    f"{'':<28}{'streams':>8}{'µs/token':>10}{'first50':>9}{'first99':>9}{'delay50':>9}"
    f"{'delay99':>9}{'MB':>9}{'whole':>9}"
)


def at(values: list[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def measure(server: Upstream | Plain | Webchat, streams: int, tokens: int, spread: float) -> Result:
    """Has `streams` readers read one answer of `tokens` tokens each, begun within `spread` s."""
    read = server.load(streams, tokens, spread, seconds=tokens / SPEED)
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--streams", type=int, nargs="*", default=[50, 100, 300])
    parser.add_argument("--tokens", type=int, default=500, help="in an answer")
    chosen = parser.parse_args()

    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    print(f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}")
    print(
        f"Python {platform.python_version()}, {chosen.tokens} tokens an answer at {SPEED:.0f}/s\n"
    )

    results: dict[tuple[str, int], Result] = {}
    lost = 0
    print(HEAD)
    for streams in chosen.streams:
        for kind in (Plain, Webchat):
            with Upstream(SPEED, chosen.tokens) as upstream, kind(upstream.url, streams) as server:
                result = measure(server, streams, chosen.tokens, spread=1.0)
                results[server.name, streams] = result
                print(result.row(), *result.errors, flush=True)
                if kind is Webchat:
                    lost += streams - result.whole
    with Upstream(SPEED, 100) as upstream, Webchat(upstream.url, 50) as server:
        instant = measure(server, 50, 100, spread=0.0)
        print(instant.row(), *instant.errors, flush=True)
        idle, ready = server.idle_memory, server.ready_s
        pages = weigh(server)

    print("\nratios to the plain relay")
    for streams in chosen.streams:
        ours, plain = results["Webchat", streams], results["plain relay", streams]
        print(f"  processor time a token, {streams} streams: {ours.cpu / plain.cpu:.2f}")
    print(f"\nready in {ready:.2f} s; memory at rest {idle:.0f} MB")
    for page in pages:
        print(f"{page.name}: {page.kilobytes:.1f} kB in {page.requests} requests, {page.ms:.0f} ms")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
