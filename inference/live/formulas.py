r"""Finds `\(…\)`, `\[…\]` and `$$…$$` of several lines before Markdown is parsed.

Markdown would take their backslashes for escapes and their lines for lists and headings. So each
formula is taken out, and a stand-in of the same length in bytes takes its place: offsets stay what
they were. The writer puts the formulas back where the parser reports the stand-ins.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# A stand-in: a noncharacter that plain() removes from every text, the formula's number, padding.
STAND_IN = re.compile("\ufdd0([0-9A-Za-z]{2})\x02*")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# As many as two digits can count.
MOST = len(_DIGITS) ** 2

_OPENER = re.compile(rb"\\[(\[]|^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(\$\$)|\\.", re.MULTILINE)
_CLOSERS = {
    b"\\(": re.compile(rb"\\\)|\n[ \t>]*\n|\\[^)]"),
    b"\\[": re.compile(rb"\\\]|\n[ \t>]*\n|\\[^\]]"),
    b"$$": re.compile(rb"\$\$|\n[ \t>]*\n|\\."),
}
_QUOTED_LINE = re.compile(rb"\n[ \t]*(?:>[ \t]?)+")

Range = tuple[int, int]


class Formula(NamedTuple):
    """LaTeX between its delimiters, and both as they were written."""

    latex: str
    source: str
    display: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A text ready to be parsed as Markdown.

    `unfinished` is the offset in bytes of a formula that more text may still close: where the
    blocks after it begin is not settled.
    """

    text: str
    data: bytes  # the same in UTF-8, which offsets count
    formulas: Sequence[Formula] = ()
    unfinished: int | None = None


def take_out(text: str, code_ranges: Callable[[str], Sequence[Range]]) -> Source:
    """Replaces the formulas outside of code; `code_ranges` gives its places in bytes, sorted."""
    if "\\(" not in text and "\\[" not in text and "$$" not in text:
        return Source(text, text.encode())
    data = text.encode()
    code = code_ranges(text)
    starts = [start for start, _ in code]
    formulas: list[Formula] = []
    parts: list[bytes] = []
    unfinished: int | None = None
    # Up to where an opener is known to have no closer: each byte is searched once.
    barren = dict.fromkeys(_CLOSERS, 0)
    done = at = 0
    while (match := _OPENER.search(data, at)) and len(formulas) < MOST:
        opener = match[1] or match[0]
        start, at = match.end() - len(opener), match.end()
        if opener not in _CLOSERS:
            continue
        index = bisect_right(starts, start)
        if index and start < code[index - 1][1]:
            at = max(code[index - 1][1], at)
            continue
        if start < barren[opener]:
            continue
        limit = starts[index] if index < len(starts) else len(data)
        end, closed = _end(data, opener, at, limit)
        if not closed:
            barren[opener] = end
            if end == len(data) and unfinished is None:
                unfinished = start
        elif opener == b"$$" and b"\n" not in data[start:end]:
            at = end  # the parser knows these
        elif data[at : end - 2].strip():
            parts += data[done:start], _stand_in(len(formulas), end - start)
            formulas.append(_formula(data, start, end, opener))
            done = at = end
    parts.append(data[done:])
    data = b"".join(parts)
    return Source(data.decode(), data, formulas, unfinished)


def _end(data: bytes, opener: bytes, start: int, limit: int) -> tuple[int, bool]:
    """Where the formula ends, and True; or where its search ended, and False."""
    at = start
    while match := _CLOSERS[opener].search(data, at, limit):
        if match[0].startswith(b"\n"):
            return match.start(), False
        if match[0] in (b"$$", b"\\)", b"\\]"):
            return match.end(), True
        at = match.end()
    return limit, False


def _stand_in(number: int, length: int) -> bytes:
    high, low = divmod(number, len(_DIGITS))
    return f"\ufdd0{_DIGITS[high]}{_DIGITS[low]}".encode().ljust(length, b"\x02")


def _formula(data: bytes, start: int, end: int, opener: bytes) -> Formula:
    source = data[start:end]
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    if b"\n" in source and b">" in line:
        source = _QUOTED_LINE.sub(b"\n", source)
    return Formula(source[2:-2].decode().strip(), source.decode(), opener != b"\\(")


def put_back(text: str, formulas: Sequence[Formula]) -> str:
    """The text with the formulas' sources where the stand-ins are."""
    if "\ufdd0" not in text:
        return text
    return STAND_IN.sub(lambda match: formulas[number_of(match)].source, text)


def number_of(match: "re.Match[str]") -> int:
    """Which formula a match of STAND_IN is for."""
    digits: str = match[1]
    return _DIGITS.index(digits[0]) * len(_DIGITS) + _DIGITS.index(digits[1])
