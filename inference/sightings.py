"""Writes to the database what was seen of a server: its models, what they can do, what is loaded.

All of it comes from outside, so everything is bounded and nothing is written twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from inference import model_access, model_hints
from inference.models import Description, Model, Server
from inference.ollama import InstalledModel, LoadedModel, ModelDetails
from inference.ollama.names import BadName, parse
from inference.ollama.parameters import read_shown

INSTALLED = [
    "digest",
    "size",
    "family",
    "parameter_size",
    "quantization",
    "capabilities",
    "context_length",
    "parameters",
    "system",
    "described",
    "parent",
    "modified_at",
    "remote_host",
    "present",
]
# Of a model's own system text this much is kept, to be shown.
LONGEST_SYSTEM = 20_000
IN_MEMORY = ["loaded", "num_ctx", "size_loaded", "size_vram", "expires_at"]


@dataclass(frozen=True)
class Abilities:
    """What a model can do and what it was made with: the same wherever its digest is."""

    capabilities: tuple[str, ...]
    context_length: int | None  # tokens it was trained for
    parameters: dict[str, Any] = field(default_factory=dict)  # its own options
    system: str = ""  # its own system text
    parent: str = ""  # the name that it was made from
    complete: bool = False  # False where only a list told of it, which has no parameters


def is_sane(model: InstalledModel) -> bool:
    """Whether the name can be kept and shown, and has a tag as all names have that Ollama lists."""
    name = model.name
    return len(name) <= 350 and name.isprintable() and ":" in name.rpartition("/")[2].strip(":")


def abilities(details: ModelDetails) -> Abilities:
    """What /api/show says; guessed as Ollama's own clients do for servers before 0.6.4."""
    capabilities = details.capabilities
    if "capabilities" not in details.raw:
        if "bert" in details.family:
            capabilities = ["embedding"]
        else:
            capabilities = ["completion"]
            if ".Tools" in details.template:
                capabilities.append("tools")
            if details.raw.get("projector_info"):
                capabilities.append("vision")
    return Abilities(
        tuple(capabilities[:50]),
        details.context_length,
        read_shown(details.parameters),
        details.system[:LONGEST_SYSTEM],
        _parent(details),
        complete=True,
    )


def abilities_of(digests: Iterable[str]) -> dict[str, Abilities]:
    """What is known by digest, from any server."""
    columns = ("digest", "capabilities", "context_length", "parameters", "system", "parent")
    known = Model.objects.filter(digest__in=set(digests) - {""}, described=F("digest"))
    return {
        digest: Abilities(tuple(listed), length, parameters, system, parent, complete=True)
        for digest, listed, length, parameters, system, parent in known.values_list(*columns)
    }


def failed(server_id: UUID, error: str, began: datetime, now: datetime) -> None:
    """The server did not answer to what was asked at `began`, or not as one should."""
    _still_news(server_id, began).update(error=error, checked_at=now)


@transaction.atomic
def seen(
    server_id: UUID,
    version: str,
    installed: list[InstalledModel],
    known: dict[str, Abilities],
    in_memory: list[LoadedModel],
    began: datetime,
) -> None:
    """The server answered to what was asked at `began`: these are its models, and no others.

    What was asked later and has been written already is newer, and stays.
    """
    if _still_news(server_id, began).select_for_update().first() is None:
        return
    rows = {row.name: row for row in Model.objects.filter(server=server_id)}
    new, changed = [], []
    for model in installed:
        row = rows.pop(model.name, None)
        abilities = known.get(model.digest)
        if row is None:
            row = Model(server_id=server_id, name=model.name, seen_at=began)
            _change(row, _installed(model, abilities))
            new.append(row)
        elif _change(row, _installed(model, abilities)):
            changed.append(row)
    Model.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        model_access.inherit(new)
    Model.objects.bulk_update(changed, INSTALLED, batch_size=100)
    gone = [row.pk for row in rows.values() if row.present]
    Model.objects.filter(pk__in=gone).update(present=False)
    Model.objects.filter(server=server_id, present=True).update(seen_at=began)
    if new or changed or gone:
        there = Model.objects.filter(present=True)
        Description.objects.exclude(digest__in=there.values("digest")).delete()
        transaction.on_commit(model_hints.tell)
    _note_loaded(server_id, in_memory)
    # It was away and is back: that is what the pause after its failures waited for.
    Server.objects.filter(pk=server_id).exclude(error="").update(failures=0, rests_until=None)
    Server.objects.filter(pk=server_id).update(
        version=version[:50], error="", checked_at=began, answered_at=began
    )


@transaction.atomic
def loaded(server_id: UUID, in_memory: list[LoadedModel], began: datetime) -> None:
    """These models were in the server's memory when it was asked, and no others."""
    if _still_news(server_id, began).exists():
        _note_loaded(server_id, in_memory)


def _note_loaded(server_id: UUID, in_memory: list[LoadedModel]) -> None:
    names = {model.name: model for model in in_memory}
    # A copy under another name is the same weights: it answers at once too.
    digests = {model.digest: model for model in in_memory if model.digest}
    there = Q(loaded=True) | Q(name__in=names) | Q(digest__in=digests)
    rows = Model.objects.filter(there, server=server_id)
    changed = [
        row
        for row in rows
        if _change(row, _in_memory(names.get(row.name) or digests.get(row.digest)))
    ]
    Model.objects.bulk_update(changed, IN_MEMORY, batch_size=100)
    if changed:
        transaction.on_commit(model_hints.tell)
    Server.objects.filter(pk=server_id, resident__lt=len(in_memory)).update(
        resident=min(len(in_memory), 1_000)
    )


def _still_news(server_id: UUID, began: datetime) -> QuerySet[Server]:
    """The server, unless an answer of it was written that was asked for after `began`.

    A refresh may take long, as it asks for each new model, while a pull or a deletion ends.
    """
    older = Q(answered_at=None) | Q(answered_at__lte=began)
    return Server.objects.filter(older, pk=server_id)


def _parent(details: ModelDetails) -> str:
    """The name it was made from; what was made from files has their path there, or nothing."""
    known = details.raw.get("details")
    parent = known.get("parent_model") if isinstance(known, dict) else None
    try:
        return str(parse(parent)) if isinstance(parent, str) else ""
    except BadName:
        return ""


def _installed(model: InstalledModel, abilities: Abilities | None) -> dict[str, Any]:
    return {
        "digest": model.digest[:100],
        "size": model.size,
        "family": model.family[:100],
        "parameter_size": model.parameter_size[:50],
        "quantization": model.quantization[:50],
        "capabilities": list(abilities.capabilities) if abilities else [],
        "context_length": abilities.context_length if abilities else None,
        "parameters": abilities.parameters if abilities else {},
        "system": abilities.system if abilities else "",
        "described": model.digest[:100] if abilities and abilities.complete else "",
        "parent": abilities.parent if abilities else "",
        "modified_at": model.modified_at,
        "remote_host": model.remote_host[:500],
        "present": True,
    }


def _in_memory(model: LoadedModel | None) -> dict[str, Any]:
    return {
        "loaded": model is not None,
        # What was in force stays: it is the best guess for the next time.
        **({"num_ctx": model.context_length} if model and model.context_length else {}),
        "size_loaded": model.size if model else 0,
        "size_vram": model.size_vram if model else 0,
        "expires_at": model.expires_at if model else None,
    }


def _change(row: Model, wanted: dict[str, Any]) -> bool:
    """Sets the fields that differ; False if none did."""
    different = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
