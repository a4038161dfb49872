"""How quick models were of late: read from many rows, so pages told each second keep it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from inference.models import Run
from models_admin.models import Measurement

PERIOD = timedelta(days=1)  # of the answers that say how quick a model is
MOST_ANSWERS = 3_000
MOST_READ = 60  # measurements, of which some may be of models that a reader may not know
FRESH = timedelta(seconds=10)
NS_PER_S = 1_000_000_000


@dataclass(frozen=True)
class Speed:
    """How quick a model was of late."""

    model: str
    answers: int
    tokens_per_second: float
    first_token: float | None  # seconds, without loading


@dataclass(frozen=True)
class Speeds:
    """Those of all models, as they were at a time."""

    at: datetime
    answered: list[Speed]
    measured: list[Measurement]  # the newest days first


class Kept:
    """The speeds, read again once they are older than FRESH. For any number of threads."""

    def __init__(self) -> None:
        self._speeds: Speeds | None = None

    def at(self, now: datetime) -> Speeds:
        """Those of about now. Sync."""
        speeds = self._speeds
        if speeds is None or not speeds.at <= now < speeds.at + FRESH:
            speeds = self._speeds = read(now)
        return speeds


def read(now: datetime) -> Speeds:
    """The speeds as the database has them. Sync."""
    measured = Measurement.objects.filter(runs__gt=0).select_related("server")[:MOST_READ]
    return Speeds(now, _answered(now), list(measured))


def _answered(now: datetime) -> list[Speed]:
    done = Run.objects.filter(
        status=Run.Status.DONE, queued_at__gte=now - PERIOD, answer_ns__gt=0
    ).order_by("-queued_at")
    columns = ("model_name", "answer_tokens", "answer_ns", "load_ns")
    rows: dict[str, list[tuple[int, int, float | None]]] = defaultdict(list)
    for name, tokens, ns, load, started, first in done.values_list(
        *columns, "started_at", "first_token_at"
    )[:MOST_ANSWERS]:
        wait = None
        if started is not None and first is not None:
            wait = max((first - started).total_seconds() - (load or 0) / NS_PER_S, 0.0)
        rows[name].append((tokens or 0, ns or 0, wait))
    return [_speed(name, each) for name, each in sorted(rows.items())]


def _speed(name: str, answers: list[tuple[int, int, float | None]]) -> Speed:
    ns = sum(spent for _, spent, _ in answers)
    waits = sorted(wait for _, _, wait in answers if wait is not None)
    first = waits[len(waits) // 2] if waits else None
    speed = sum(tokens for tokens, _, _ in answers) * NS_PER_S / ns
    return Speed(name, len(answers), speed, first)
