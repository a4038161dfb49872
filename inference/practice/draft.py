"""A model as a create request words it: its base with another template, system text and so on."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import templates
from .models import PracticeModel
from .names import Name
from .outcome import Failure


def made(base: PracticeModel, name: Name, asked: Mapping[str, Any]) -> PracticeModel:
    """The model; a Failure for what Ollama finds wrong. It looks at no parameter."""
    template = asked.get("template") or base.template
    if asked.get("template") and (wrong := templates.problem(template)):
        raise Failure(400, f"template error: {wrong}", at_work=True)
    licenses = _licenses(asked.get("license"))
    parameters = {**base.parameters, **_in_go(asked.get("parameters", {}))}
    messages = tuple(_turn(each) for each in asked.get("messages", ())) or base.messages
    capabilities = base.capabilities
    if template != base.template:
        capabilities = templates.capabilities(template, capabilities)
    model = replace(
        base,
        name=name,
        made_here=True,
        template=template,
        capabilities=capabilities,
        system=asked.get("system") or base.system,
        licenses=(*base.licenses, *licenses),
        parameters=dict(sorted(parameters.items())),
        messages=messages,
        order=_order(base, asked, len(licenses)),
    )
    # The weights stay what they are; the rest takes more or less room than it did.
    return replace(
        model, size=base.weights_layer.size + sum(each.size for each in model.layers[1:])
    )


def _order(base: PracticeModel, asked: Mapping[str, Any], licenses: int) -> tuple[str, ...]:
    """Ollama takes away what is replaced and puts the new after all that stays."""
    renewed = [kind for kind in ("template", "system") if asked.get(kind)]
    added = [*renewed, *["license"] * licenses, "params"]
    if asked.get("messages"):
        added.append("messages")
    gone = {*renewed, "params", "messages"} & set(added)
    kept = [layer.kind for layer in base.texts if layer.kind not in gone]
    return (*kept, *added)


def _licenses(given: Any) -> list[str]:
    if given is None or given == "":
        return []
    if isinstance(given, str):
        return [given]
    if isinstance(given, list) and all(isinstance(text, str) for text in given):
        return given
    raise Failure(500, "json: cannot unmarshal into Go value of type []string", at_work=True)


def _turn(message: Mapping[str, Any]) -> dict[str, str]:
    return {field: message.get(field, "") for field in ("role", "content")}


def _in_go(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """As Go reads and writes them: 1.0 is 1."""
    made: dict[str, Any] = json.loads(json.dumps(parameters), parse_float=_number)
    return made


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1e21 else value
