"""The rows of the board: a model under its name, on all servers that have the same files of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import Person
from inference.models import Model
from models_admin.board import usage
from models_admin.board.usage import Usage

# Ollama writes "for ever" as a time that nobody will see.
FOR_EVER_YEARS = 10

_COLUMNS = (
    *("pk", "name", "digest", "size", "family", "parameter_size", "quantization", "capabilities"),
    *("context_length", "modified_at", "parent", "loaded", "num_ctx", "size_loaded", "size_vram"),
    *("expires_at", "server_id", "server__name", "server__error"),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """The model on one server."""

    pk: UUID
    server_id: UUID
    server: str
    answers: bool  # the server does
    loaded: bool
    num_ctx: int | None  # tokens, where it is loaded
    size_loaded: int  # bytes
    size_vram: int  # bytes of these on a GPU
    expires_at: datetime | None

    @property
    def gpu_share(self) -> int:
        """Percent of it that is on a GPU."""
        return round(100 * self.size_vram / self.size_loaded) if self.size_loaded else 0

    def stays(self, now: datetime) -> bool:
        """Whether it is kept until somebody unloads it."""
        return self.expires_at is not None and self.expires_at.year > now.year + FOR_EVER_YEARS


@dataclass(frozen=True, slots=True)
class Row:
    """A name and a digest, wherever they are."""

    key: str  # names the row in addresses and on the page
    name: str
    digest: str
    size: int  # bytes
    family: str
    parameter_size: str
    quantization: str
    capabilities: tuple[str, ...]
    context_length: int | None  # tokens
    modified_at: datetime | None
    parent: str
    copies: tuple[Copy, ...]
    groups: tuple[str, ...]  # who may use it; none: everybody
    usage: Usage

    @property
    def loaded(self) -> list[Copy]:
        return [copy for copy in self.copies if copy.loaded]

    @property
    def short_digest(self) -> str:
        return self.digest.removeprefix("sha256:")[:12]

    @property
    def url(self) -> str:
        return reverse("models_admin:model", args=[self.name])


def of(person: Person) -> list[Row]:
    """What the person may see, by name; four queries at most, however many models there are."""
    visible = Model.objects.visible_to(person).order_by("name", "server__name", "pk")
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for values in visible.values(*_COLUMNS):
        found.setdefault((values["name"], values["digest"]), []).append(values)
    groups = _groups() if person.manages_models else {}
    used = usage.lately()
    return [_row(copies, groups, used) for copies in found.values()]


def chosen(person: Person, keys: Iterable[str]) -> list[Row]:
    """The rows that these keys name; keys of others and of none are passed over."""
    wanted = set(keys)
    return [row for row in of(person) if row.key in wanted]


def key_of(name: str, digest: str) -> str:
    return blake2s(f"{name}\n{digest}".encode(), digest_size=6).hexdigest()


def _groups() -> dict[UUID, list[str]]:
    """The names of the groups by model."""
    through = Model.groups.through.objects.order_by("group__name")
    found: dict[UUID, list[str]] = {}
    for model, group in through.values_list("model_id", "group__name"):
        found.setdefault(model, []).append(group)
    return found


def _row(
    copies: list[dict[str, Any]], groups: dict[UUID, list[str]], used: dict[str, Usage]
) -> Row:
    first = copies[0]
    return Row(
        key=key_of(first["name"], first["digest"]),
        name=first["name"],
        digest=first["digest"],
        size=first["size"],
        family=first["family"],
        parameter_size=first["parameter_size"],
        quantization=first["quantization"],
        capabilities=tuple(first["capabilities"]),
        context_length=first["context_length"],
        modified_at=first["modified_at"],
        parent=first["parent"],
        copies=tuple(map(_copy, copies)),
        groups=tuple(groups.get(first["pk"], ())),
        usage=used.get(first["name"], Usage()),
    )


def _copy(values: dict[str, Any]) -> Copy:
    return Copy(
        pk=values["pk"],
        server_id=values["server_id"],
        server=values["server__name"],
        answers=values["server__error"] == "",
        loaded=values["loaded"],
        num_ctx=values["num_ctx"],
        size_loaded=values["size_loaded"],
        size_vram=values["size_vram"],
        expires_at=values["expires_at"],
    )
