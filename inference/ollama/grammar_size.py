"""About how long the grammar is that Ollama makes of a JSON Schema. No I/O.

Ollama 0.24 has room for 32,768 bytes, or four for each of the schema's (llama/llama.go). It cuts
what is longer, and half a grammar ends the model's runner with all its answers. The lines are those
of llama.cpp's json-schema-to-grammar.cpp; each is reckoned a little too long.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

ROOM = 32_768
ROOM_FOR_A_CHARACTER = 4

# A rule without the names in it, and a property without its own, which every schema may have.
_RULE = 80
_PROPERTY, _OPTIONAL = 45, 45
_PRIMITIVES = 2_000  # string, number, date-time and the like, once
_DIGIT = 100  # of a limit of whole numbers
_CHARACTER = 3  # of a pattern, or of values that are written out: quotes and what escapes them
_NOT_A_NAME = 20  # for each character of a name that other properties must not have
_WRITTEN_OUT = ("enum", "const", "pattern")
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_CHOICES = ("anyOf", "oneOf")
# Keys without which a schema is one of the primitives.
_MAKE_RULES = {
    *(*_WRITTEN_OUT, *_LIMITS, *_CHOICES, "allOf", "properties", "additionalProperties", "items"),
    *("prefixItems", "minItems", "maxItems", "minLength", "maxLength"),
}


class TooLarge(ValueError):
    """The grammar would be longer than the room that Ollama has for it."""


def check_size(schema: Mapping[str, Any], targets: Mapping[str, Any]) -> None:
    """Raises TooLarge. `targets` are what its references lead to, by `allOf` never in a circle."""
    _Reckoning(schema, targets).add_all()


class _Reckoning:
    """Takes from the room, rule by rule, until all is reckoned or it is used up."""

    def __init__(self, root: Mapping[str, Any], targets: Mapping[str, Any]) -> None:
        self._root = root
        self._targets = targets
        characters = len(json.dumps(root, ensure_ascii=False, separators=(",", ":")))
        self._left = max(ROOM, ROOM_FOR_A_CHARACTER * characters) - _PRIMITIVES

    def add_all(self) -> None:
        self._add(self._root, 0)
        for kind in ("$defs", "definitions"):
            for name, schema in _items(self._root.get(kind)):
                self._add(schema, len(name))

    def _take(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise TooLarge

    def _add(self, schema: Any, name: int) -> None:
        """The rules of a schema; theirs begin with a name of so many characters."""
        if not isinstance(schema, dict) or schema.keys().isdisjoint(_MAKE_RULES):
            return
        types = schema.get("type")
        alternatives = len(types) if isinstance(types, list) else 1
        self._take(alternatives * (_RULE + 5 * name))
        for key in _WRITTEN_OUT:
            if key in schema:
                self._take(_CHARACTER * len(json.dumps(schema[key], ensure_ascii=False)))
        for key in _LIMITS:
            if key in schema:
                self._take(_DIGIT * len(str(schema[key])))
        self._add_properties(schema, name)
        for key in _CHOICES:
            self._add_each(schema.get(key), name + len("alternative-00"))
        for part in _list(schema.get("allOf")):
            self._put_in(part, name)
        for key in ("items", "prefixItems"):
            self._add_each(schema.get(key), name + len("-tuple-00"))

    def _add_each(self, schemas: Any, name: int) -> None:
        for each in schemas if isinstance(schemas, list) else [schemas]:
            self._take(_RULE + 4 * name if each else 0)
            self._add(each, name)

    def _add_properties(self, schema: dict[str, Any], name: int) -> None:
        required = _list(schema.get("required"))
        names = 0
        for key, value in _items(schema.get("properties")):
            written = len(json.dumps(key))
            names += written
            inner = name + 1 + len(key)
            self._take(_PROPERTY + 2 * inner + written)
            if key not in required:
                self._take(_OPTIONAL + 6 * inner)
            self._add(value, inner)
        if others := schema.get("additionalProperties"):
            self._take(_NOT_A_NAME * names + 2 * _RULE + 6 * name)
            self._add(others, name + len("-additional-value"))

    def _put_in(self, part: Any, name: int) -> None:
        """What stands in an `allOf` is written out there, also what it refers to."""
        self._take(_RULE + name)
        if isinstance(part, dict) and "$ref" in part:
            self._put_in(self._targets[part["$ref"]], name)
        else:
            self._add(part, name)
            for each in _list(part.get("anyOf")) if isinstance(part, dict) else ():
                self._put_in(each, name)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    yield from value.items() if isinstance(value, dict) else ()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
