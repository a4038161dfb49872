"""What somebody typed, as something to look for. Nothing that can be typed is an error."""

import re
from dataclasses import dataclass

from chat.search import words

# Of a query that was pasted by mistake, only the beginning counts.
LONGEST = 500
MOST_TERMS = 12
# Characters from which on a word also finds those that begin with it; the last one has the second.
SHORTEST_PREFIX, SHORTEST_LAST_PREFIX = 3, 2

_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')


@dataclass(frozen=True)
class Term:
    """Pieces that stand one after the other; the last may be the beginning of a word."""

    pieces: tuple[str, ...]
    is_prefix: bool

    @property
    def words(self) -> tuple[str, ...]:
        """As the index holds them."""
        return tuple(word for piece in self.pieces for word in words.words_of(piece))

    @property
    def sign(self) -> str | None:
        """The single character of a script without spaces, if it is no more than that."""
        [*others, last] = self.pieces
        return last if not others and len(last) == 1 and words.is_unspaced(last) else None


@dataclass(frozen=True)
class Query:
    """All of its terms are to be there."""

    terms: tuple[Term, ...]

    def __bool__(self) -> bool:
        return bool(self.terms)


def parse(text: str) -> Query:
    """Words, each also a beginning, and "phrases in quotes", exactly; anything else is a space."""
    parts = list(_PART.finditer(text[:LONGEST]))
    terms: dict[Term, None] = {}  # in their order, each once
    for index, part in enumerate(parts):
        quoted, bare = part.groups()
        pieces = words.pieces(words.fold(words.composed(quoted if bare is None else bare)))
        if not pieces:
            continue
        shortest = SHORTEST_LAST_PREFIX if index == len(parts) - 1 else SHORTEST_PREFIX
        last = pieces[-1]
        is_prefix = bare is not None and not words.is_unspaced(last) and len(last) >= shortest
        terms[Term(tuple(pieces), is_prefix)] = None
    return Query(tuple(terms)[:MOST_TERMS])
