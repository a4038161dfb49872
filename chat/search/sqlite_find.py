"""How FTS5 is asked: for lists that it reads bit by bit, the newest first, until enough is found.

The list of a word is such a one, and that of a beginning of two to four characters. For a longer
beginning FTS5 first puts together the lists of all words that begin so, of everybody, however few
entries are wanted. So it is asked for the first four characters, and the rest is compared here.
Only where the newest entries mostly lack it FTS5 is asked for the whole beginning: it is rare.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from django.db import connection

from chat.search.query import Term
from chat.search.store import Wanted

# Characters of the longest beginnings that have lists.
LONGEST_LISTED = 4
# Entries that may lack a beginning, and as many more for each one found, until it is sought whole.
MISSES, MISSES_EACH = 16, 8
# Conversations from which on theirs are compared, too: each facet is sought in the whole index.
MANY = 100
# Entries that may be of other conversations before that is done all the same.
OTHERS = 1_000
ALL = -1  # for LIMIT

_FIND = """
    SELECT entry.id, entry.conversation_id, {words}
    FROM chat_searchtext text
    CROSS JOIN chat_searchentry entry ON entry.id = text.rowid
    CROSS JOIN chat_conversation conversation ON conversation.id = entry.conversation_id
    WHERE chat_searchtext MATCH %s AND text.rowid BETWEEN %s AND %s
      AND conversation.owner_id = %s AND conversation.erase_at IS NULL
    ORDER BY text.rowid DESC LIMIT %s
"""


def find(wanted: Wanted) -> list[int]:
    """The ids of the newest entries, newest first."""
    return _Search(wanted).run()


class _Search:
    """Looks that go on where the last one ended; each has FTS5 do more, and compares less."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._found: list[int] = []
        self._last = wanted.last
        # What is compared here.
        self._beginnings = {term for term in wanted.terms if _listed(term) != term}
        self._among = {pk.hex for pk in wanted.conversations if len(wanted.conversations) > MANY}

    def run(self) -> list[int]:
        while self._beginnings or self._among:
            if self._compare():
                return self._found
        missing = self._wanted.limit - len(self._found)
        return self._found + [pk for pk, *_ in self._newest(missing)]

    def _compare(self) -> bool:
        """Whether all is found by now. If not, there is less to compare."""
        fitting = missed = others = 0
        lacking = Counter[Term]()
        for pk, conversation, words in self._newest(ALL):
            self._last = pk - 1
            lacks = [term for term in self._beginnings if not _begins(words, term)]
            is_other = bool(self._among) and conversation not in self._among
            if not lacks and not is_other:
                self._found.append(pk)
                if len(self._found) == self._wanted.limit:
                    return True
            fitting += not lacks
            missed += bool(lacks)
            others += is_other
            lacking.update(lacks)
            if missed > MISSES + MISSES_EACH * fitting:
                [(rarest, _)] = lacking.most_common(1)
                self._beginnings.remove(rarest)
                return False
            if others > OTHERS:
                self._among.clear()
                return False
        return True

    def _newest(self, most: int) -> Iterator[tuple[int, str, str]]:
        """Entries that FTS5 gives: their ids, conversations and words."""
        terms = [_listed(term) if term in self._beginnings else term for term in self._wanted.terms]
        asked = replace(self._wanted, terms=terms)
        if self._among:
            asked = replace(asked, conversations=())
        sql = _FIND.format(words="text.words" if self._beginnings else "''")
        span = (self._wanted.first, self._last)
        with connection.cursor() as cursor:
            cursor.execute(sql, (expression(asked), *span, asked.owner_id.hex, most))
            yield from cursor


def _listed(term: Term) -> Term:
    """The term, or what FTS5 has a list for of a long beginning."""
    *others, last = term.pieces
    return Term((*others, last[:LONGEST_LISTED]), is_prefix=True) if term.is_prefix else term


def _begins(words: str, term: Term) -> bool:
    return f" {' '.join(term.words)}" in f" {words}"


def expression(wanted: Wanted) -> str:
    """What FTS5 is to match. All in it is folded words and facets, in quotes: it cannot fail."""
    parts = [_quoted(facet) for facet in wanted.all_facets]
    if wanted.any_of:
        parts.append(f"({' OR '.join(map(_quoted, wanted.any_of))})")
    return " AND ".join([*parts, *map(_term, wanted.phrases)])


def _term(term: Term) -> str:
    return _quoted(" ".join(term.words)) + ("*" if term.is_prefix else "")


def _quoted(words: str) -> str:
    return f'"{words}"'
