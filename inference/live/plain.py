"""Text as models send it, made fit to be parsed."""

import re

# Halves of surrogate pairs; control characters except tab and newline; and the noncharacter that
# stands for a formula while Markdown is parsed (formulas.py). None of them is ever shown.
_HALVES = re.compile("[\ud800-\udfff]")
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\ufdd0]")


def plain(text: str) -> str:
    """With newlines for line ends, without NUL and what else has no place in a text."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSHOWN.sub("", text)
    return text if text.isascii() else _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


class PlainPieces:
    """Does to the pieces of a text what `plain` does to the whole."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """A line end that may have been cut in half is held until the next piece."""
        piece = self._held + piece
        self._held = "\r" if piece.endswith("\r") else ""
        return plain(piece[:-1] if self._held else piece)
