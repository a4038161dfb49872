"""All that is known of one model, for its page."""

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Person
from inference import descriptions
from inference.models import Description, Model
from models_admin.board import rows
from models_admin.board.disk_paths import without_disk_paths
from models_admin.board.rows import Row

# Of a value in `model_info` so much is shown; lists of the tokenizer have a hundred thousand words.
LONGEST_VALUE = 300  # characters
MOST_VALUES = 500


@dataclass(frozen=True)
class Tensor:
    name: str
    kind: str
    shape: str


@dataclass(frozen=True)
class Details:
    """What /api/show says. Lines of it that name the server's disk are changed for members."""

    template: str = ""
    system: str = ""
    license: str = ""
    modelfile: str = ""
    parameters: list[tuple[str, str]] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)  # role, content
    info: list[tuple[str, str]] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """A name's rows, the one that is shown, and its description if that is known."""

    row: Row
    others: list[Row]  # of the same name with other files
    details: Details | None
    failure: str  # why it is not known, in the words of who tried


def find(person: Person, name: str, digest: str = "") -> Found | None:
    """The model as the person may see it; None where they may not, or nobody has it.

    Where servers have different files under the name, `digest` says which; its beginning is enough.
    """
    same = [row for row in rows.of(person) if row.name == name]
    if not same:
        return None
    row = next((row for row in same if digest and row.short_digest.startswith(digest)), same[0])
    kept = Description.objects.filter(digest=row.digest).first() if row.digest else None
    others = [other for other in same if other is not row]
    if kept is not None:
        return Found(row, others, _details(kept.shown, person), "")
    model = Model.objects.select_related("server").get(pk=row.copies[0].pk)
    return Found(row, others, None, descriptions.failure(model))


def ask(row: Row) -> None:
    """Has a worker ask a server that has the model; the answer is there at a later look."""
    there = Model.objects.select_related("server")
    answering = next((copy for copy in row.copies if copy.answers), row.copies[0])
    descriptions.ask(there.get(pk=answering.pk))


def _details(shown: dict[str, Any], person: Person) -> Details:
    modelfile = _text(shown, "modelfile")
    info = _pairs(shown.get("model_info")) + _pairs(shown.get("projector_info"))
    if not person.manages_models:
        modelfile = without_disk_paths(modelfile)
        info = [(name, without_disk_paths(value)) for name, value in info]
    return Details(
        template=_text(shown, "template"),
        system=_text(shown, "system"),
        license=_text(shown, "license"),
        modelfile=modelfile,
        parameters=_parameters(_text(shown, "parameters")),
        messages=_messages(shown.get("messages")),
        info=info,
        tensors=_tensors(shown.get("tensors")),
    )


def _text(shown: dict[str, Any], name: str) -> str:
    value = shown.get(name)
    return value if isinstance(value, str) else ""


def _parameters(text: str) -> list[tuple[str, str]]:
    lines = (line.strip().partition(" ") for line in text.split("\n")[:MOST_VALUES])
    return [(name, value.strip()) for name, _, value in lines if name]


def _messages(value: Any) -> list[tuple[str, str]]:
    listed = value if isinstance(value, list) else []
    return [
        (str(each.get("role", "")), str(each.get("content", "")))
        for each in listed[:MOST_VALUES]
        if isinstance(each, dict)
    ]


def _pairs(value: Any) -> list[tuple[str, str]]:
    listed = value if isinstance(value, dict) else {}
    return [(name, _shortly(one)) for name, one in list(listed.items())[:MOST_VALUES]]


def _shortly(value: Any) -> str:
    if value is None:
        return "…"  # so Ollama leaves out its longest lists
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"


def _tensors(value: Any) -> list[Tensor]:
    listed = value if isinstance(value, list) else []
    return [
        Tensor(
            str(each.get("name", "")),
            str(each.get("type", "")),
            " × ".join(map(str, each.get("shape") or [])),
        )
        for each in listed
        if isinstance(each, dict) and isinstance(each.get("shape") or [], list)
    ]
