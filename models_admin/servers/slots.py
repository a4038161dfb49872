"""Whether a server could serve more at once than its slots allow, measured from its own answers.

Ollama tells nobody its OLLAMA_NUM_PARALLEL. But it counts an answer's time from when the request
came, and apart from that the loading, the reading and the writing: what is left over is how long
the request waited inside of Ollama. While all our slots of a model were taken, a wait near zero
says that Ollama had room for all of them; a long one that it serves fewer.
"""

import statistics
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from inference.models import Run, Server

PERIOD = timedelta(days=1)
MOST_RUNS = 2_000  # the newest ones count
ENOUGH = 5  # answers; fewer say nothing
WAITED = timedelta(seconds=2)  # in our line; less is no reason for more slots
NO_WAIT = 0.3  # seconds inside of Ollama that are none
LONG_WAIT = 1.0


@dataclass(frozen=True)
class Hint:
    """More or fewer slots, and why."""

    kind: Literal["more", "fewer"]
    slots: int  # at once, as it was
    waited: int  # runs that waited in our line for a slot
    seconds: float  # that a request waited inside of Ollama, median


@dataclass(frozen=True)
class Span:
    """A run, as far as it matters here."""

    model: str
    queued: datetime
    started: datetime
    ended: datetime
    inside: float | None  # seconds that it waited inside of Ollama


def hint(server: Server, now: datetime) -> Hint | None:
    """What the answers of the last day say of the server's slots; None if they say nothing."""
    return judged(_spans(server, now), server.slots)


def judged(spans: list[Span], slots: int) -> Hint | None:
    """The same of these runs."""
    full = [span for span in _with_company(spans) if span[1] >= slots]
    inside = [span.inside for span, _ in full if span.inside is not None]
    if len(inside) < ENOUGH:
        return None
    seconds = statistics.median(inside)
    waited = sum(span.started - span.queued >= WAITED for span in spans)
    if seconds >= LONG_WAIT and slots > 1:
        return Hint("fewer", slots, waited, seconds)
    if seconds <= NO_WAIT and waited >= ENOUGH and slots < Server.MOST_SLOTS:
        return Hint("more", slots, waited, seconds)
    return None


def _with_company(spans: list[Span]) -> list[tuple[Span, int]]:
    """Each with how many of its model ran when it began, itself included."""
    by_model: dict[str, list[Span]] = defaultdict(list)
    found = []
    for span in sorted(spans, key=lambda span: span.started):
        running = [other for other in by_model[span.model] if other.ended > span.started]
        by_model[span.model] = [*running, span]
        found.append((span, len(running) + 1))
    return found


def _spans(server: Server, now: datetime) -> list[Span]:
    done = Run.objects.filter(
        server=server, status=Run.Status.DONE, queued_at__gte=now - PERIOD
    ).order_by("-queued_at")
    columns = ("model_name", "queued_at", "started_at", "ended_at")
    times = ("total_ns", "load_ns", "prompt_ns", "answer_ns")
    found = []
    for name, queued, started, ended, *spent in done.values_list(*columns, *times)[:MOST_RUNS]:
        if started is None or ended is None:
            continue
        total, *parts = spent
        inside = None if total is None else max(total - sum(filter(None, parts)), 0) / 1e9
        found.append(Span(name, queued, started, ended, inside))
    return found
