"""`keep_alive`: a number of seconds, or a duration as Go writes them ("5m", "1h30m")."""

import math
import re
from typing import Any

FOR_EVER = math.inf
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)([a-zµμ]*)")
# Go's type names of what JSON may hold, for the error.
_GO_KINDS = {bool: "bool", list: "[]interface {}", dict: "map[string]interface {}"}


def seconds(value: Any) -> float:
    """How long to keep a model; FOR_EVER for negative values. Raises ValueError in Go's words."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"Unsupported type: '{_GO_KINDS.get(type(value), type(value).__name__)}'")
    found = _parsed(value) if isinstance(value, str) else float(value)
    return FOR_EVER if found < 0 else found


def _parsed(text: str) -> float:
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0.0
    wrong = ValueError(f'time: invalid duration "{text}"')
    if not rest:
        raise wrong
    total, at = 0.0, 0
    while at < len(rest):
        part = _PART.match(rest, at)
        if not part:
            raise wrong
        number, unit = part.groups()
        if not unit:
            raise ValueError(f'time: missing unit in duration "{text}"')
        if unit not in _UNITS:
            raise ValueError(f'time: unknown unit "{unit}" in duration "{text}"')
        total += float(number) * _UNITS[unit]
        at = part.end()
    return -total if text.startswith("-") else total
