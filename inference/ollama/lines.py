"""From bytes to JSON objects, one a line. No I/O, so it is tested with bytes cut anywhere."""

import json
import re
from typing import Any

from .errors import BadAnswer

LONGEST_LINE = 16 * 1024 * 1024  # bytes; `context` and embeddings are long

_decode = json.JSONDecoder().raw_decode  # three times as quick as json.loads for a short line

# How JSON spells NUL and surrogates. UTF-8 holds no surrogates and JSON no bare NUL, so bytes
# without these spellings need no cleaning.
_SPELT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonLines:
    """Cuts a stream of bytes into its lines; they end with a line feed and nothing else.

    `bytes.splitlines` and httpx's `aiter_lines` also cut at characters that JSON may hold.
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._parts: list[bytes] = []  # of the line that has not ended; joined once, when it has
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` brings to their end, without blank ones.

        Raises BadAnswer as soon as a line is longer than the bound, ended or not.
        """
        first, *others = data.split(b"\n")
        self._parts.append(first)
        self._size += len(first)
        if self._size > self._longest:
            raise BadAnswer("a line without end")
        if not others:
            return []
        lines = [b"".join(self._parts), *others]
        rest = lines.pop()
        if max(map(len, others)) > self._longest:
            raise BadAnswer("a line without end")
        self._parts, self._size = [rest], len(rest)
        return [line for line in lines if line and not line.isspace()]

    def end(self) -> list[bytes]:
        """The last line, if the stream ended without a line feed."""
        line = b"".join(self._parts)
        self._parts, self._size = [], 0
        return [line] if line and not line.isspace() else []


def parse_object(line: bytes) -> dict[str, Any]:
    """The JSON object that `line` is, its text free of NUL and lone surrogates.

    Raises BadAnswer for anything else: other values, broken UTF-8, nesting without measure.
    """
    line = line.strip()
    try:
        text = line.decode()
        value, end = _decode(text)
        if end != len(text) or not isinstance(value, dict):
            raise BadAnswer("not a JSON object")
        return clean(value) if _SPELT.search(line) else value
    except (ValueError, RecursionError) as error:
        raise BadAnswer("not JSON") from error


def clean(value: Any) -> Any:
    """`value`, any JSON, with every text in it cleaned."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(name): clean(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    return value


def clean_text(text: str) -> str:
    """`text` without NUL, which PostgreSQL refuses, and surrogates, which nothing encodes."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\0", ""))
