"""Made-up JSON that fits a JSON Schema."""

from collections.abc import Mapping
from typing import Any

# Schemas may refer to themselves: below this depth only what must be there.
DEEPEST = 6
_FORMATS = {
    "date": "2026-11-21",
    "date-time": "2026-11-21T12:00:00Z",
    "time": "12:00:00Z",
    "email": "ann@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def made_up(schema: Any, text: str = "practice", root: Any = None, depth: int = 0) -> Any:
    """A value for the schema; strings without another rule hold `text`."""
    if not isinstance(schema, Mapping):
        return text
    root = schema if root is None else root
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    if isinstance(schema.get("$ref"), str):
        return made_up(_target(root, schema["$ref"]), text, root, depth + 1) if depth < 40 else None
    for combined in ("anyOf", "oneOf", "allOf"):
        if schema.get(combined):
            return made_up(schema[combined][0], text, root, depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0] if kind else None
    if kind == "object" or (kind is None and "properties" in schema):
        return _object(schema, text, root, depth)
    if kind == "array":
        return _array(schema, text, root, depth)
    if kind in ("integer", "number"):
        return _number(schema)
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    return _string(schema, text)


def _target(root: Any, reference: str) -> Any:
    found = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        if part:
            found = found.get(part, {}) if isinstance(found, Mapping) else {}
    return found


def _object(schema: Mapping[str, Any], text: str, root: Any, depth: int) -> dict[str, Any]:
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    return {
        name: made_up(properties[name], text, root, depth + 1)
        for name in properties
        if depth < DEEPEST or name in required
    }


def _array(schema: Mapping[str, Any], text: str, root: Any, depth: int) -> list[Any]:
    least = schema.get("minItems", 1 if depth < DEEPEST else 0)
    return [made_up(schema.get("items", {}), text, root, depth + 1) for _ in range(least)]


def _number(schema: Mapping[str, Any]) -> Any:
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    value = max(least, 7) if most is None or most > 7 else least
    return value + 1 if value == schema.get("exclusiveMinimum") else value


def _string(schema: Mapping[str, Any], text: str) -> str:
    made = _FORMATS.get(schema.get("format", ""), text)
    made = made.ljust(schema.get("minLength", 0), ".")
    return made[: schema.get("maxLength", len(made))]
