"""What the servers do at one moment, read once for all who look: nobody's words are in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from inference import queue
from inference.models import Model, Run, Server
from models_admin.activity.speeds import Speeds

# A frame holds at most 64 kB: of what is long the beginning is shown, and how much more there is.
MOST_LOADED, MOST_RUNS, MOST_WAITING, MOST_SPEEDS, MOST_MEASURED = 30, 30, 30, 20, 20
# Ollama's word for "always": it counts to a time that nobody lives to see.
ALWAYS = timedelta(days=365)


@dataclass(frozen=True)
class Loaded:
    """A model in a server's memory."""

    name: str
    size: int  # bytes
    gpu_share: int  # per cent
    until: datetime | None
    stays: bool


@dataclass(frozen=True)
class Place:
    """A server in use."""

    server: Server
    loaded: list[Loaded]
    size: int  # bytes of all models in its memory
    running: int


@dataclass(frozen=True)
class Use:
    """A run that goes on or waits."""

    id: UUID
    who: UUID | None  # the person
    name: str  # of the person or the key
    is_program: bool
    model: str
    server: str
    purpose: str
    seconds: int  # that it runs
    place: int  # in the line of its model
    wait: float | None  # seconds until it starts, about


@dataclass(frozen=True)
class Snapshot:
    """All of it."""

    at: datetime
    places: list[Place]
    running: list[Use]
    waiting: list[Use]
    speeds: Speeds
    restricted: dict[str, frozenset[UUID]]  # models that only these groups may use

    def groups_of(self, model: str) -> frozenset[UUID] | None:
        """The groups that a model is restricted to; None if it is for everybody."""
        return self.restricted.get(model)


def read(now: datetime, speeds: Speeds) -> Snapshot:
    """The activity as the database has it; a handful of queries, whatever is going on."""
    running, waiting = _uses(now)
    return Snapshot(
        at=now,
        places=_places(now, running),
        running=[use for _, use in running],
        waiting=waiting,
        speeds=speeds,
        restricted=_restricted(),
    )


def _places(now: datetime, running: list[tuple[UUID | None, Use]]) -> list[Place]:
    count = Counter(server for server, _ in running)
    loaded: dict[UUID, list[Loaded]] = defaultdict(list)
    seen: set[tuple[UUID, str]] = set()
    rows = Model.objects.filter(present=True, loaded=True, server__enabled=True).defer("system")
    for row in rows.order_by("name"):
        # Two names for the same weights take the memory once.
        if (row.server_id, row.digest or row.name) in seen:
            continue
        seen.add((row.server_id, row.digest or row.name))
        share = round(100 * row.size_vram / row.size_loaded) if row.size_loaded else 0
        stays = row.expires_at is not None and row.expires_at - now > ALWAYS
        loaded[row.server_id].append(
            Loaded(row.name, row.size_loaded, share, row.expires_at, stays)
        )
    return [
        Place(
            server,
            loaded[server.pk][:MOST_LOADED],
            sum(each.size for each in loaded[server.pk]),
            count[server.pk],
        )
        for server in Server.objects.filter(enabled=True)
    ]


def _uses(now: datetime) -> tuple[list[tuple[UUID | None, Use]], list[Use]]:
    places = queue.places(now) if Run.objects.waiting().exists() else {}
    found = Run.objects.open().select_related("person", "key", "server").order_by("queued_at", "pk")
    running, waiting = [], []
    for run in found.defer("sent", "tool_calls", "parameters"):
        place = places.get(run.pk)
        use = Use(
            id=run.pk,
            who=run.person_id,
            name=_name(run),
            is_program=run.key_id is not None,
            model=run.model_name,
            server=run.server.name if run.server else "",
            purpose=run.purpose,
            seconds=int((now - (run.started_at or now)).total_seconds()),
            place=place.position if place else 0,
            wait=place.seconds if place else None,
        )
        if run.status == Run.Status.RUNNING:
            running.append((run.server_id, use))
        else:
            waiting.append(use)
    return running, sorted(waiting, key=lambda use: use.place)


def _name(run: Run) -> str:
    shown = str(run.key) if run.key else str(run.person) if run.person else ""
    return "".join(letter for letter in shown if letter.isprintable())


def _restricted() -> dict[str, frozenset[UUID]]:
    """By name: a name of which one copy is for everybody is for everybody."""
    groups: dict[str, set[UUID | None]] = defaultdict(set)
    limited = Model.objects.filter(groups__isnull=False).values("name")
    rows: Iterable[tuple[str, UUID | None]] = Model.objects.filter(name__in=limited).values_list(
        "name", "groups"
    )
    for name, group in rows:
        groups[name].add(group)
    return {
        name: frozenset(filter(None, found)) for name, found in groups.items() if None not in found
    }
