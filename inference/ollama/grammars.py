"""JSON Schemas that Ollama can make a grammar of. No I/O.

Some of what it cannot follow it refuses in words ("invalid JSON schema in format"). Other things,
measured with 0.24, end the model's runner with all its answers, keep a processor busy for good, or
end the whole server; those must not be sent.
"""

import json
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from .grammar_size import check_size
from .patterns import MOST_TIMES, is_followed

# What stands in a schema as it is, and is no schema.
_DATA = ("const", "default", "dependentRequired", "enum", "example", "examples")
# What has schemas by names that people choose.
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_CHOICES = ("anyOf", "oneOf", "allOf")
_COUNTS = (("minItems", "maxItems"), ("minLength", "maxLength"))
_INT64 = 2**63


class NotFollowed(ValueError):
    """A part of a schema that Ollama cannot follow: its `name` and `value`, as JSON has them."""

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value
        super().__init__(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")


def check(schema: Mapping[str, Any]) -> None:
    """Raises NotFollowed for the first part that Ollama cannot follow; TooLarge for all of it."""
    for each in schemas_in(schema):
        _check_choices(each)
        _check_counts(each)
        _check_range(each)
        if "pattern" in each:
            pattern = each["pattern"]
            if not isinstance(pattern, str) or not is_followed(pattern):
                raise NotFollowed("pattern", pattern)
    check_size(schema, _targets(schema))


def schemas_in(value: Any) -> Iterator[dict[str, Any]]:
    """A schema and all those in it."""
    if isinstance(value, list):
        for each in value:
            yield from schemas_in(each)
    elif isinstance(value, dict):
        yield value
        for name, part in value.items():
            if name in _NAMED and isinstance(part, dict):
                yield from schemas_in(list(part.values()))
            elif name not in _DATA:
                yield from schemas_in(part)


def _check_choices(schema: dict[str, Any]) -> None:
    for name in ("anyOf", "oneOf", "type"):
        if schema.get(name) == []:
            raise NotFollowed(name, [])


def _check_counts(schema: dict[str, Any]) -> None:
    for at_least, at_most in _COUNTS:
        for name in (at_least, at_most):
            if name in schema and not _is_between(schema[name], 0, MOST_TIMES):
                raise NotFollowed(name, schema[name])
        if schema.get(at_least, 0) > schema.get(at_most, MOST_TIMES):
            raise NotFollowed(at_most, schema[at_most])


def _check_range(schema: dict[str, Any]) -> None:
    """Of whole numbers only: of others Ollama does not look at it."""
    if "integer" not in (schema.get("type"), *_list(schema.get("type"))):
        return
    ends = []
    for plain, exclusive, step in (
        ("minimum", "exclusiveMinimum", 1),
        ("maximum", "exclusiveMaximum", -1),
    ):
        name = plain if plain in schema else exclusive
        if name not in schema:
            ends.append(-step * _INT64)
            continue
        if not _is_between(schema[name], 1 - _INT64, _INT64 - 1):
            raise NotFollowed(name, schema[name])
        ends.append(int(schema[name]) + (step if name == exclusive else 0))
    if ends[0] > ends[1]:
        name = "maximum" if "maximum" in schema else "exclusiveMaximum"
        raise NotFollowed(name, schema[name])


def _targets(root: Mapping[str, Any]) -> dict[str, Any]:
    """What each reference leads to.

    Raises NotFollowed where that is not in the schema, or back without a value on the way.
    """
    targets: dict[str, Any] = {}
    schemas = list(schemas_in(root))
    checked = set(map(id, schemas))
    for each in schemas:
        if "$ref" in each:
            reference = each["$ref"]
            if not isinstance(reference, str) or not reference.startswith("#/"):
                raise NotFollowed("$ref", reference)
            target = _target(root, reference)
            if isinstance(target, dict | list) and id(target) not in checked:  # data, say
                raise NotFollowed("$ref", reference)
            targets[reference] = target
    leads_to = {
        reference: {
            *_at_once(target),
            *(found for at in schemas_in(target) for found in _put_in(at)),
        }
        for reference, target in targets.items()
    }
    try:
        TopologicalSorter(leads_to).prepare()
    except CycleError as error:
        raise NotFollowed("$ref", error.args[1][0]) from error
    return targets


def _target(root: Any, reference: str) -> Any:
    found = root
    for name in reference.split("/")[1:]:
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isascii() and name.isdigit():
            found = found[int(name)] if int(name) < len(found) else None
        else:
            found = None
        if found is None:
            raise NotFollowed("$ref", reference)
    return found


def _at_once(schema: Any) -> Iterator[str]:
    """The references that a schema is, or may be, before it has any value."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield schema["$ref"]
        return
    for name in _CHOICES:
        for each in _list(schema.get(name)):
            yield from _at_once(each)


def _put_in(schema: dict[str, Any]) -> Iterator[str]:
    """The references that Ollama puts in on the spot, as often as it meets them."""
    for each in _list(schema.get("allOf")):
        yield from _at_once(each)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_between(value: Any, least: int, most: int) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and least <= value <= most
