r"""Finds `\(…\)`, `\[…\]` and `$$…$$` of several lines before Markdown is parsed.

Markdown would take their backslashes for escapes and their lines for lists and headings. So each
formula is taken out, and a stand-in of the same length in bytes takes its place: offsets stay what
they were. The writer puts the formulas back where the parser reports the stand-ins, in code as they
were written.

What is code is seen here line by line, without the parser, so that the same text is read in the
same way whatever comes after it. Where the two disagree, a formula stays text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

# A stand-in: a noncharacter that plain() removes from every text, the formula's number, padding.
STAND_IN = re.compile("\ufdd0([0-9A-Za-z]{2})\x02*")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# As many as two digits can count.
MOST = len(_DIGITS) ** 2

# Each alternative begins with a literal, which lets `re` skip what begins with none of them.
_TOKEN = re.compile(
    rb"`(?:[^`\n]+`(?!`)|(?P<ticks>`*))|~~(?P<tildes>~+)|\$(?P<dollars>\$)|\\(?:(?P<bracket>[(\[])|.)"
)
# What may stand before a block of a line: signs of quotations and lists.
_LINE_START = re.compile(rb"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_BLANK_LINE = re.compile(rb"\n[ \t>]*(?=\n)")
_TICKS = re.compile(rb"`+")
_ENDS = {
    b"\\(": re.compile(rb"(?P<closer>\\\))|\n[ \t>]*(?:\n|`{3}|~{3})|\\."),
    b"\\[": re.compile(rb"(?P<closer>\\\])|\n[ \t>]*(?:\n|`{3}|~{3})|\\."),
    b"$$": re.compile(rb"(?P<closer>\$\$)|\n[ \t>]*(?:\n|`{3}|~{3})|\\."),
}
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_QUOTED_LINE = re.compile(rb"\n[ \t]*(?:>[ \t]?)+")


class Formula(NamedTuple):
    """LaTeX between its delimiters, and both as they were written."""

    latex: str
    source: str
    display: bool


class Region(NamedTuple):
    """Bytes that were read as a whole: code, or what more text may still make one."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """A text ready to be parsed as Markdown."""

    text: str
    data: bytes  # the same in UTF-8, which offsets count
    formulas: Sequence[Formula] = ()
    regions: Sequence[Region] = ()

    def is_settled(self, offset: int) -> bool:
        """Whether the text from there on is read as it would be without what is before."""
        return not any(region.start < offset < region.end for region in self.regions)


def source_of(text: str) -> Source:
    """The text, which must be plain(), with its formulas taken out."""
    data = text.encode()
    if "`" not in text and "\\" not in text and "$$" not in text and "~~~" not in text:
        return Source(text, data)
    return _Scan(data).source()


class _Scan:
    """One pass over a text, in bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._formulas: list[Formula] = []
        self._regions: list[Region] = []
        self._parts: list[bytes] = []
        self._done = 0
        # Up to where an opener is known to have no closer: each byte is searched once for each.
        self._barren = dict.fromkeys(_ENDS, 0)
        self._runs: dict[int, list[int]] = {}
        self._runs_end = 0

    def source(self) -> Source:
        at = 0
        while (token := _TOKEN.search(self._data, at)) and len(self._formulas) < MOST:
            start, at = token.span()
            kind = token.lastgroup
            if kind == "bracket" or (kind == "dollars" and self._begins_line(start)):
                at = self._opener(token[0], start, at)
            elif kind == "tildes" and self._begins_line(start):
                at = self._fence(token[0], start)
            elif kind == "ticks":
                is_fence = at - start > 2 and b"`" not in self._line_from(at)
                if is_fence and self._begins_line(start):
                    at = self._fence(token[0], start)
                else:
                    at = self._ticks(at - start, start, at)
        data = b"".join([*self._parts, self._data[self._done :]])
        return Source(data.decode(), data, self._formulas, self._regions)

    def _begins_line(self, start: int) -> bool:
        line = self._data.rfind(b"\n", 0, start) + 1
        return _LINE_START.fullmatch(self._data, line, start) is not None

    def _line_from(self, at: int) -> bytes:
        end = self._data.find(b"\n", at)
        return self._data[at : end if end >= 0 else None]

    def _fence(self, fence: bytes, start: int) -> int:
        line = self._data.rfind(b"\n", 0, start) + 1
        before = self._data[line:start]
        if not before.strip(b" ") and len(before) < 4:
            signs = rb"^ {0,3}"
        else:
            signs = rb"^[ \t>]*" if b">" in before else rb"^[ \t]*"
        closing = re.compile(
            signs + fence[:1] + b"{%d,}" % len(fence) + rb"[ \t]*(?:\n|\Z)", re.MULTILINE
        )
        match = closing.search(self._data, start + len(self._line_from(start)))
        end = match.end() if match else len(self._data)
        # One whose last line is not complete may go on.
        is_complete = match is not None and match[0].endswith(b"\n")
        self._regions.append(Region(line, end if is_complete else end + 1))
        return end

    def _ticks(self, length: int, start: int, at: int) -> int:
        if at > self._runs_end:
            self._find_runs(start)
        starts = self._runs.get(length, [])
        while starts and starts[-1] < at:
            starts.pop()
        if starts:
            end = starts.pop() + length
            self._regions.append(Region(start, end))
            return end
        if self._runs_end == len(self._data):
            self._regions.append(Region(start, len(self._data) + 1))
        return at

    def _find_runs(self, start: int) -> None:
        """The runs of backticks up to the next blank line, last first, by their lengths."""
        blank = _BLANK_LINE.search(self._data, start)
        self._runs_end = blank.start() if blank else len(self._data)
        self._runs = {}
        for run in _TICKS.finditer(self._data, start, self._runs_end):
            self._runs.setdefault(len(run[0]), []).append(run.start())
        for starts in self._runs.values():
            starts.reverse()

    def _opener(self, opener: bytes, start: int, at: int) -> int:
        if start < self._barren[opener]:
            return at
        search = at
        while end := _ENDS[opener].search(self._data, search):
            if end["closer"]:
                return self._formula(opener, start, end.end())
            if end[0].startswith(b"\n"):
                self._barren[opener] = end.start()
                return at
            search = end.end()
        self._barren[opener] = len(self._data)
        self._regions.append(Region(start, len(self._data) + 1))
        return at

    def _formula(self, opener: bytes, start: int, end: int) -> int:
        source = self._data[start:end]
        inner = source[2:-2]
        if not inner.strip():
            return end
        if opener == b"$$" and b"\n" not in source:
            return end  # the parser knows these
        line = self._data[self._data.rfind(b"\n", 0, start) + 1 : start]
        if b">" in line:
            inner = _QUOTED_LINE.sub(b"\n", inner)
        self._parts += self._data[self._done : start], _stand_in(len(self._formulas), len(source))
        self._formulas.append(Formula(inner.decode().strip(), source.decode(), opener != b"\\("))
        self._done = end
        return end


def _stand_in(number: int, length: int) -> bytes:
    high, low = divmod(number, len(_DIGITS))
    return f"\ufdd0{_DIGITS[high]}{_DIGITS[low]}".encode().ljust(length, b"\x02")


def put_back(text: str, formulas: Sequence[Formula]) -> str:
    """The text with the formulas' sources where the stand-ins are."""
    if "\ufdd0" not in text:
        return text
    return STAND_IN.sub(lambda match: formulas[number_of(match)].source, text)


def put_back_unescaped(text: str, formulas: Sequence[Formula]) -> str:
    """The same where Markdown would have read the sources as text: in the address of a link."""
    if "\ufdd0" not in text:
        return text
    return STAND_IN.sub(lambda match: _ESCAPE.sub(r"\1", formulas[number_of(match)].source), text)


def number_of(match: "re.Match[str]") -> int:
    """Which formula a match of STAND_IN is for."""
    digits: str = match[1]
    return _DIGITS.index(digits[0]) * len(_DIGITS) + _DIGITS.index(digits[1])
