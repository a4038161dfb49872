"""Measures Webchat beside a plain Channels relay, in one run, and says which goals are met.

`make bench` runs all of it; `python -m bench --streams 50 --tokens 200` a part. Server, upstream
and readers are processes of their own. The same readers and the same upstream serve both. Search
on PostgreSQL alone: `tools/with_services .venv/bin/python -m bench --only-search --postgres`.
"""

import argparse
import os
import platform
import sys
from pathlib import Path

from bench.goals import Figures, goals
from bench.processes import Plain, Upstream, Webchat
from bench.result import HEAD, Result, measure
from bench.searching import DATABASE, Searches, search
from bench.weight import weigh

SPEED = 50.0  # tokens a second and stream
AT_ONE_INSTANT = 50  # streams


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor()
    busy = os.getloadavg()[0]  # what others do here makes all times longer
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, load {busy}"


def shown(result: Result) -> Result:
    print(result.row(), *result.errors, flush=True)
    return result


def run(streams: list[int], tokens: int, searches: Searches | None) -> Figures:
    """Measures all there is, and prints each row as it is there."""
    plain, ours, ollama = {}, {}, {}
    print(HEAD)
    for count in streams:
        with Upstream(SPEED, tokens) as upstream:
            # A few tokens tell when the first one comes.
            with Upstream(SPEED, 5) as short:
                ollama[count] = shown(measure(short, count, 5, SPEED, spread=1.0))
            with Plain(upstream.url) as relay:
                plain[count] = shown(measure(relay, count, tokens, SPEED, spread=1.0))
            with Webchat(upstream.url, count) as server:
                ours[count] = shown(measure(server, count, tokens, SPEED, spread=1.0))
    with Upstream(SPEED, 50) as upstream, Webchat(upstream.url, AT_ONE_INSTANT) as server:
        instant = shown(measure(server, AT_ONE_INSTANT, 50, SPEED, spread=0.0))
        return Figures(
            plain,
            ours,
            ollama,
            instant,
            server.idle_memory,
            server.ready_s,
            server.page_s,
            weigh(server),
            searches,
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--streams", type=int, nargs="*", default=[50, 100, 300])
    parser.add_argument("--tokens", type=int, default=500, help="in an answer")
    parser.add_argument(
        "--messages", type=int, default=1_000_000, help="that are searched; 0 for no search"
    )
    parser.add_argument("--only-search", action="store_true")
    parser.add_argument(
        "--postgres", action="store_true", help=f"search in the empty database of {DATABASE}"
    )
    chosen = parser.parse_args()
    if chosen.postgres and not os.environ.get(DATABASE):
        parser.error(f"{DATABASE} names no database.")
    print(machine())
    print(
        f"Python {platform.python_version()}, {chosen.tokens} tokens an answer, "
        f"{SPEED:.0f} a second; times in ms\n"
    )
    searches = search(chosen.messages, on_postgres=chosen.postgres) if chosen.messages else None
    if chosen.only_search:
        print(*(searches.rows() if searches else ()), sep="\n")
        return 0
    figures = run(chosen.streams, chosen.tokens, searches)
    print()
    for page in figures.pages:
        print(f"{page.name}: {page.kilobytes:.1f} kB, {page.requests} requests, {page.ms:.0f} ms")
    if figures.searches:
        print(*figures.searches.rows(), sep="\n")
    print(f"\n{'goal':<64}{'at most':>9}{'measured':>10}")
    for goal in goals(figures):
        print(goal.row())
    return 0 if all(result.whole == result.streams for result in figures.ours.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
