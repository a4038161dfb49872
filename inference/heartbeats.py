"""Which workers live, for /readyz and the pages of those who run it."""

from datetime import datetime, timedelta

from inference.models import Heartbeat

# A worker that has not said anything for so long is taken for dead.
ALIVE = timedelta(seconds=15)
FORGOTTEN = timedelta(hours=1)


def beat(owner: str, now: datetime) -> None:
    """Says that the worker lives."""
    if Heartbeat.objects.filter(pk=owner).update(seen_at=now) == 0:
        Heartbeat.objects.create(owner=owner, started_at=now, seen_at=now)
        Heartbeat.objects.filter(seen_at__lt=now - FORGOTTEN).delete()


def leave(owner: str) -> None:
    """Says that the worker has ended."""
    Heartbeat.objects.filter(pk=owner).delete()


def offer(owner: str, url: str) -> None:
    """Keeps the address of a real server for the pages that show the practice server's answers."""
    Heartbeat.objects.filter(pk=owner).exclude(offer=url).update(offer=url)


def alive(now: datetime) -> int:
    """How many workers live."""
    return Heartbeat.objects.filter(seen_at__gte=now - ALIVE).count()
