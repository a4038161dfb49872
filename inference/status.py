"""How the worker and the servers are, for /readyz and the pages. Sync, for database threads."""

from dataclasses import dataclass
from datetime import datetime

from inference import heartbeats
from inference.models import Heartbeat, Server


@dataclass(frozen=True)
class ServerState:
    """One server in use, as it was last seen."""

    name: str
    practice: bool
    answers: bool
    # What went wrong, in words with addresses in them: not for strangers.
    error: str
    checked_at: datetime | None
    version: str


@dataclass(frozen=True)
class PracticeNotice:
    """Only the practice server is in use; `offer` is a real one that answers, or ""."""

    offer: str


def worker_alive(now: datetime) -> bool:
    """Whether a worker has said of late that it lives."""
    return heartbeats.alive(now) > 0


def servers() -> list[ServerState]:
    """The servers in use. One that was not checked yet does not answer yet."""
    return [
        ServerState(
            name=server.name,
            practice=server.practice,
            answers=server.error == "" and server.answered_at is not None,
            error=server.error,
            checked_at=server.checked_at,
            version=server.version,
        )
        for server in Server.objects.filter(enabled=True)
    ]


def only_practice() -> bool:
    """Whether the practice server is the only one in use."""
    return set(Server.objects.filter(enabled=True).values_list("practice", flat=True)) == {True}


def practice_notice() -> PracticeNotice | None:
    """What every page says while answers are made up; None otherwise."""
    if not only_practice():
        return None
    offers = (
        Heartbeat.objects.exclude(offer="").order_by("-seen_at").values_list("offer", flat=True)
    )
    return PracticeNotice(offers.first() or "")
