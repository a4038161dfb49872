"""What the form is filled with: an earlier request, a model that is there, a Modelfile."""

from collections.abc import Iterable, Mapping
from typing import Any

from inference.models import Model
from inference.ollama import parameters
from inference.ollama.modelfile import Modelfile
from models_admin.creating.declared import EVERYBODY, GROUPS
from models_admin.creating.fields import FIRST, REST
from models_admin.creating.files import Files
from models_admin.creating.sources import WHOLE, Source, Sources
from models_admin.creating.turns import ROLES, Turn, typed_turns
from models_admin.models import CreateRequest, Typed

# Fields of the form, by their names in a request.
_TEXTS = {
    **{name: name for name in ("system", "template", "quantize", "requires")},
    "renderer": "rendered_by",
    "parser": "parsed_by",
}


def of_request(earlier: CreateRequest) -> Typed:
    """To make the same again; in place of the model, if it is still there."""
    typed = _of_body(earlier.request, earlier.name)
    if earlier.files:
        typed["source"] = [Files(earlier).value]
    typed["server"] = [str(earlier.server_id)]
    there = Model.objects.filter(server=earlier.server_id, name=earlier.name, present=True).first()
    return typed | (_of_place(there) if there else {})


def of_settings(typed: Typed, sources: Sources) -> Typed:
    """To make a model that does what a chat's settings do: there the source's stop words stay."""
    source = sources.find("".join(typed.get("source", [])[-1:]), None)
    own = (source.row.parameters.get("stop") if source else None) or []
    words = "".join(typed.get("stop", [])[-1:])
    if not words.strip():
        return typed
    return typed | {"stop": ["\n".join([*_lines(own), words])]}


def of_modelfile(read: Modelfile, name: str = "") -> Typed:
    """To make what a Modelfile says."""
    return _of_body(read.request("").body(), name)


def of_model(model: Model, sources: Sources) -> Typed:
    """To change a model: what it has beyond the one that it was made from.

    One whose source is gone, or that an adapter was added to, is made from itself.
    """
    itself = Source(model)
    lines = itself.text("modelfile").splitlines()
    adapted = any(line.upper().startswith("ADAPTER ") for line in lines)
    source = None
    if model.parent and not adapted and sources.is_on(model.parent, model.server):
        source = sources.find(model.parent, model.server)
    body: dict[str, Any] = {"from": source.row.name if source else model.name}
    own = _body_of(itself)
    theirs = _body_of(source or itself)
    body |= {name: value for name, value in own.items() if value != theirs.get(name)}
    body["parameters"] = {
        name: value
        for name, value in own["parameters"].items()
        if value != theirs["parameters"].get(name)
    }
    body["license"] = own["license"].removeprefix(theirs["license"]).strip("\n")
    if source and source.can_be_quantised and model.quantization not in WHOLE:
        body["quantize"] = model.quantization.replace("Q4_K", "q4_K").replace("Q8", "q8")
    return _of_body(body, model.name) | {"server": [str(model.server_id)]} | _of_place(model)


def _body_of(source: Source) -> dict[str, Any]:
    """What a model would be asked for with, as far as it is known."""
    shown = source.shown
    messages = shown.get("messages")
    return {
        "system": source.text("system") if shown else source.row.system,
        "template": source.text("template"),
        "license": source.text("license"),
        "messages": messages if isinstance(messages, list) else [],
        "parameters": (
            parameters.read_shown(source.text("parameters")) if shown else source.row.parameters
        ),
    }


def _of_place(model: Model) -> Typed:
    groups = [str(pk) for pk in model.groups.values_list("pk", flat=True)]
    return {"replaces": [model.name], "who": [GROUPS if groups else EVERYBODY], "groups": groups}


def _of_body(body: Mapping[str, Any], name: str) -> Typed:
    """The body of /api/create, as somebody would type it."""
    typed = {field: [str(body[name])] for name, field in _TEXTS.items() if body.get(name)}
    typed |= {"name": [name], "source": [str(body.get("from", ""))]}
    licenses = body.get("license") or []
    typed["license"] = ["\n\n".join([licenses] if isinstance(licenses, str) else licenses)]
    for parameter, value in (body.get("parameters") or {}).items():
        if parameter == "stop":
            typed["stop"] = ["\n".join(_lines(value))]
        elif parameter in (*FIRST, *REST):
            shown = str(value).lower() if isinstance(value, bool) else str(value)
            typed[parameter] = [shown]
    return typed | typed_turns(
        [
            Turn(each["role"], str(each.get("content", "")))
            for each in body.get("messages") or []
            if isinstance(each, dict) and each.get("role") in ROLES
        ]
    )


def _lines(words: Iterable[Any]) -> list[str]:
    """Stop words as a field shows them, one a line."""
    return [str(word).replace("\n", "\\n") for word in words]
