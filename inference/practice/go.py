"""JSON and times as Ollama, a Go program, writes them."""

import json
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

# Go's encoder escapes these, so that JSON may stand in HTML and JavaScript.
_ESCAPES = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# What "for ever" comes to in Go: the longest time.Duration, about 292 years.
FOR_EVER_NS = 2**63 - 1


def dumps(value: Any) -> str:
    """JSON without spaces, in the order of the keys, with Go's escapes."""
    return _encoder.encode(value).translate(_ESCAPES)


def dump_bytes(value: Any) -> bytes:
    return dumps(value).encode()


def present(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the empty fields, as Go's `omitempty` leaves them out."""
    return {name: value for name, value in fields.items() if value not in (None, "", 0, [], {})}


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def timestamp(unix_ns: int) -> str:
    """RFC 3339 in UTC with up to nine fractional digits, the trailing zeros cut."""
    seconds, ns = divmod(unix_ns, 1_000_000_000)
    return f"{_second(seconds)}.{ns:09d}".rstrip("0").rstrip(".") + "Z"


def now() -> str:
    return timestamp(time.time_ns())
