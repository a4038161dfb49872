"""Reads the parameters that a model was made with, as /api/show prints them.

    stop                           "<|im_start|>"
    stop                           "<|im_end|>"
    temperature                    0.6

A line for each value, in Go's notation; the lines of a list repeat its name.
"""

import json
from typing import Any

# A model has about ten lines. What is longer is not believed.
MOST_LINES = 200
LONGEST_LINE = 2_000
_LISTS = {"stop"}


def parse(text: str) -> dict[str, Any]:
    """The options by name; lines that cannot be read are left out."""
    found: dict[str, Any] = {}
    for line in text.splitlines()[:MOST_LINES]:
        name, _, rest = line[:LONGEST_LINE].strip().partition(" ")
        value = _value(rest.strip())
        if value is None:
            continue
        if name in _LISTS:
            found.setdefault(name, []).append(str(value))
        else:
            found[name] = value
    return found


def _value(written: str) -> bool | int | float | str | None:
    try:
        value = json.loads(written, parse_constant=str)
    except (ValueError, RecursionError):
        return written.strip('"') or None  # Go quotes some characters as JSON does not
    return value if isinstance(value, bool | int | float | str) else None
