"""Reads the body of a request as Go's encoding/json does, with its words for what is wrong.

Field names match without regard to case, unknown fields pass, null means "not given", and only the
first JSON value of the body is read. What is wrong raises Failure(400, …).
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

from . import durations
from .outcome import Failure

Reader: TypeAlias = Callable[[Any, str], Any]

THINK_LEVELS = ("high", "medium", "low", "max")


def body(raw: bytes, struct: str, fields: Mapping[str, Reader]) -> dict[str, Any]:
    """The fields that were given, read by their readers. `struct` is Go's name of the request."""
    if not raw:
        raise Failure(400, "missing request body")
    value = _first_value(raw.decode("utf-8", "replace"))
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Failure(
            400, f"json: cannot unmarshal {_kind(value)} into Go value of type api.{struct}"
        )
    found: dict[str, Any] = record(fields)(value, struct)
    return found


def _first_value(text: str) -> Any:
    text = text.lstrip(" \t\r\n")
    if not text:
        raise Failure(400, "EOF")
    try:
        value, _ = json.JSONDecoder(parse_constant=_no_constant).raw_decode(text)
    except json.JSONDecodeError as error:
        raise Failure(400, _syntax_error(text, error)) from None
    except RecursionError:
        raise Failure(400, "exceeded max depth") from None
    return value


def _no_constant(name: str) -> NoReturn:
    raise Failure(400, f"invalid character '{name[0]}' looking for beginning of value")


def _syntax_error(text: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(text) or error.msg.startswith("Unterminated"):
        return "unexpected EOF"
    character = text[error.pos]
    if error.msg.startswith("Expecting property name"):
        where = "looking for beginning of object key string"
    elif error.msg.startswith("Expecting ':'"):
        where = "after object key"
    elif error.msg.startswith("Expecting ','"):
        where = "after object key:value pair or array element"
    elif error.msg.startswith("Invalid control"):
        where = "in string literal"
    else:
        where = "looking for beginning of value"
    return f"invalid character {character!r} {where}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _mismatch(value: Any, where: str, kind: str) -> Failure:
    return Failure(
        400, f"json: cannot unmarshal {_kind(value)} into Go struct field {where} of type {kind}"
    )


def text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _mismatch(value, where, "string")
    # Go puts U+FFFD for half a surrogate pair.
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise _mismatch(value, where, "bool")
    return value


def integer(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mismatch(value, where, "int")
    return value


def mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _mismatch(value, where, "map[string]interface {}")
    return value


def texts(value: Any, where: str) -> dict[str, str]:
    """An object whose values are strings."""
    if not isinstance(value, dict):
        raise _mismatch(value, where, "map[string]string")
    return {name: text(item, where) for name, item in value.items() if item is not None}


def anything(value: Any, _where: str) -> Any:
    return value


def listed(reader: Reader, kind: str) -> Reader:
    """A reader of lists; `kind` is Go's name of the whole type."""

    def read(value: Any, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise _mismatch(value, where, kind)
        return [reader(item, where) for item in value]

    return read


def record(fields: Mapping[str, Reader], kind: str = "") -> Reader:
    """A reader of objects with these fields."""
    by_name = {name.lower(): (name, reader) for name, reader in fields.items()}

    def read(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _mismatch(value, where, kind)
        found = {}
        for given, item in value.items():
            if item is None or given.lower() not in by_name:
                continue
            name, reader = by_name[given.lower()]
            found[name] = reader(item, f"{where}.{name}")
        return found

    return read


def image(value: Any, where: str) -> bytes:
    """Standard base64, without a data: prefix."""
    if not isinstance(value, str):
        raise _mismatch(value, where, "[]uint8")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        wrong = next((at for at, sign in enumerate(value) if sign not in alphabet), len(value))
        raise Failure(400, f"illegal base64 data at input byte {wrong}") from None


def keep_alive(value: Any, _where: str) -> float:
    """Seconds; durations.FOR_EVER for ever."""
    try:
        return durations.seconds(value)
    except ValueError as error:
        raise Failure(400, str(error)) from None


def think(value: Any, _where: str) -> bool | str:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in THINK_LEVELS:
        return value
    if isinstance(value, str):
        raise Failure(
            400,
            f'invalid think value: "{value}" '
            '(must be "high", "medium", "low", "max", true, or false)',
        )
    raise Failure(400, "think must be a boolean or string")


def string_or_list(value: Any, _where: str) -> list[str]:
    """The `input` of embed."""
    if value == "" or value is None:
        return []
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise Failure(400, "invalid input type")
    return [text(item, "") for item in items]
