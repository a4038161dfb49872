"""A few lines of a text around what was looked for, with that marked. Pieces, not HTML."""

import re
from dataclasses import dataclass
from functools import lru_cache

from chat.search import words
from chat.search.query import Query, Term

# Characters shown before the first hit, and in all; in one line there is less room before it.
BEFORE, BEFORE_IN_LINE, SHOWN = 60, 16, 220
_SPACE = re.compile(r"\s+")
# Signs of Markdown that only stand in the way here.
_SIGNS = re.compile(r"\*\*|`+")
_LETTER = re.compile(words.LETTER)


@dataclass(frozen=True)
class Piece:
    """A part of a line; templates escape it."""

    text: str
    is_hit: bool = False


def excerpt(text: str, query: Query, lead: int = BEFORE) -> list[Piece]:
    """What stands around the first place where a term is found, on one line, all terms marked."""
    text = words.composed(text)
    found = _places(text, query)
    first = found[0][0] if found else 0
    start = 0 if first <= lead else _next_word(text, first - lead, first)
    end = min(len(text), start + SHOWN)
    pieces = _cut(text, start, end, found)
    if start:
        pieces.insert(0, Piece("… "))
    if end < len(text):
        pieces.append(Piece(" …"))
    return pieces


def marked(text: str, query: Query) -> list[Piece]:
    """The whole of a short text."""
    text = words.composed(text)
    return _cut(text, 0, len(text), _places(text, query))


def _places(text: str, query: Query) -> list[tuple[int, int]]:
    """Where terms stand in a composed text, in order."""
    folded = words.fold(text)
    found = [
        match.span() for match in _pattern(query).finditer(folded) if _begins(folded, match.start())
    ]
    if len(folded) == len(text) or not found:  # nearly always
        return found
    at = words.places(text)
    return [(at[start], at[end - 1] + 1) for start, end in found]


def _begins(folded: str, start: int) -> bool:
    """Whether no word that has begun before goes on here. A lookbehind takes ten times as long."""
    here = words.is_unspaced(folded[start])
    return here or start == 0 or not _LETTER.match(folded, start - 1, start)


@lru_cache(maxsize=64)
def _pattern(query: Query) -> re.Pattern[str]:
    return re.compile("|".join(_of(term) for term in query.terms))


def _of(term: Term) -> str:
    between = rf"(?:(?!{words.LETTER}|[{words.UNSPACED}])[\s\S])*"
    text = between.join(re.escape(piece) for piece in term.pieces)
    if term.is_prefix or len(term.pieces[-1]) >= words.LONGEST_WORD:
        return rf"{text}{words.LETTER}*"
    return text if words.is_unspaced(term.pieces[-1]) else rf"{text}(?!{words.LETTER})"


def _next_word(text: str, start: int, before: int) -> int:
    space = _SPACE.search(text, start, before)
    return space.end() if space else start


def _cut(text: str, start: int, end: int, found: list[tuple[int, int]]) -> list[Piece]:
    pieces: list[Piece] = []
    at = start
    for first, last in found:
        if first >= end:
            break
        if first < at:
            continue
        last = min(last, end)
        pieces += [Piece(text[at:first]), Piece(text[first:last], is_hit=True)]
        at = last
    pieces.append(Piece(text[at:end]))
    shown = [Piece(_SPACE.sub(" ", _SIGNS.sub("", each.text)), each.is_hit) for each in pieces]
    return [each for each in shown if each.text]
