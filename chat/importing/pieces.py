"""Reads JSON from a file piece by piece: a large one is never in memory as a whole.

`json.loads` holds a file of 50 MB as bytes, as text (four bytes a character once there is an emoji)
and as objects, and keeps all other threads waiting for seconds meanwhile.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from inference.ollama.lines import clean

# Characters that are read ahead. What is not longer is parsed at once, in C; of what is longer,
# each part by itself.
AHEAD = 128 * 1024
CHUNK = 64 * 1024  # bytes
# Lists and objects in each other that are parsed in parts: more than any export has.
DEEPEST = 8
# Signs behind a number that belong to it, if a digit comes: as in 1e+5.
LONGEST_SPLIT = 2
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(parse_constant=lambda name: None)


class Pieces:
    """A JSON text that `read` gives the bytes of; what is read is gone.

    Texts come as `clean` leaves them, and NaN and Infinity as None. All methods raise ValueError:
    UnicodeDecodeError and JSONDecodeError for what is no JSON, others for numbers that are too long
    to be read; and RecursionError.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._has_ended = False

    def next_sign(self) -> str:
        """The sign that comes after white space; "" at the end."""
        while True:
            if len(self._text) - self._at < AHEAD:
                self._have(2 * AHEAD)
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text) or self._has_ended:
                return self._text[self._at : self._at + 1]

    def elements(self, depth: int = 0) -> Iterator[Any]:
        """Those of the list that begins here, parsed as they are asked for."""
        self._take("[")
        if self._ends("]"):
            return
        while True:
            yield self.value(depth)
            if self._ends("]"):
                return
            self._take(",")

    def members(self, depth: int = 0) -> Iterator[str]:
        """The names in the object that begins here; after each its value is to be read."""
        self._take("{")
        if self._ends("}"):
            return
        while True:
            if self.next_sign() != '"':
                raise self._error("a name")
            name: str = self.value(depth)
            self._take(":")
            yield name
            if self._ends("}"):
                return
            self._take(",")

    def value(self, depth: int = 0) -> Any:
        """The value that begins here, whole."""
        sign = self.next_sign()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if self._has_ended:
                    raise
            else:
                if end + LONGEST_SPLIT < len(self._text) or self._has_ended:
                    return self._taken(found, end)
            if depth < DEEPEST and sign == "[":
                return list(self.elements(depth + 1))
            if depth < DEEPEST and sign == "{":
                return {name: self.value(depth + 1) for name in self.members(depth + 1)}
            self._have(2 * (len(self._text) - self._at))

    def end(self) -> None:
        """Raises JSONDecodeError if anything is left."""
        if self.next_sign():
            raise self._error("the end")

    def _ends(self, sign: str) -> bool:
        ends = self.next_sign() == sign
        self._at += ends
        return ends

    def _take(self, sign: str) -> None:
        if not self._ends(sign):
            raise self._error(sign)

    def _taken(self, found: Any, end: int) -> Any:
        spelt = self._text.find("\\u", self._at, end) >= 0  # maybe what nothing can store
        self._at = end
        return clean(found) if spelt else found

    def _have(self, characters: int) -> None:
        """Reads until so many lie ahead, or the file ends."""
        parts = [self._text[self._at :]]
        while characters > 0 and not self._has_ended:
            chunk = self._read(CHUNK)
            self._has_ended = not chunk
            parts.append(self._decoder.decode(chunk, final=self._has_ended))
            characters -= len(parts[-1])
        self._text, self._at = "".join(parts), 0

    def _error(self, expected: str) -> json.JSONDecodeError:
        return json.JSONDecodeError(f"no {expected}", "", 0)
