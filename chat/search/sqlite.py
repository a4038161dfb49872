"""The index in SQLite: FTS5, whose rows are read newest first until enough are found.

So a word that is in every message costs no more than a rare one, and one that is in nobody's costs
nothing. The owner is a word of each entry, too: of a million messages only one's own are looked at.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from django.db import connection
from django.db.backends.utils import CursorWrapper

from chat.search.patience import patience
from chat.search.query import Term
from chat.search.store import Row, Wanted

# The words come folded and cut: to the tokenizer `ascii` all other characters are letters.
# Beginnings of two to four characters have lists of their own, so that they are found as quickly.
_MAKE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS chat_searchtext
    USING fts5(words, tokenize = 'ascii', prefix = '2 3 4', columnsize = 0)
"""
_TRIGGERS = (
    """
    CREATE TRIGGER IF NOT EXISTS chat_search_new_message AFTER INSERT ON chat_message
    WHEN NEW.text <> '' BEGIN
        INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)
        SELECT owner_id, id, NEW.id FROM chat_conversation WHERE id = NEW.conversation_id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS chat_search_message AFTER UPDATE OF text ON chat_message
    WHEN NEW.text <> OLD.text BEGIN
        INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)
        SELECT owner_id, id, NEW.id FROM chat_conversation WHERE id = NEW.conversation_id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS chat_search_new_title AFTER INSERT ON chat_conversation BEGIN
        INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)
        VALUES (NEW.owner_id, NEW.id, NULL);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS chat_search_title AFTER UPDATE OF title ON chat_conversation
    WHEN NEW.title <> OLD.title BEGIN
        INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)
        VALUES (NEW.owner_id, NEW.id, NULL);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS chat_search_kept AFTER UPDATE OF is_temporary ON chat_conversation
    WHEN OLD.is_temporary AND NOT NEW.is_temporary BEGIN
        INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)
        SELECT NEW.owner_id, NEW.id, NULL UNION ALL
        SELECT NEW.owner_id, NEW.id, id FROM chat_message
        WHERE conversation_id = NEW.id AND text <> '';
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS chat_search_erased AFTER DELETE ON chat_searchentry BEGIN
        DELETE FROM chat_searchtext WHERE rowid = OLD.id;
    END
    """,
)
_FIND = """
    SELECT entry.id
    FROM chat_searchtext text
    CROSS JOIN chat_searchentry entry ON entry.id = text.rowid
    CROSS JOIN chat_conversation conversation ON conversation.id = entry.conversation_id
    WHERE chat_searchtext MATCH %s AND text.rowid BETWEEN %s AND %s
      AND conversation.owner_id = %s AND conversation.erase_at IS NULL
    ORDER BY text.rowid DESC LIMIT %s
"""
_NEWEST = """
    SELECT entry.id, entry.conversation_id
    FROM chat_searchtext text
    CROSS JOIN chat_searchentry entry ON entry.id = text.rowid
    WHERE chat_searchtext MATCH %s AND text.rowid BETWEEN %s AND %s
    ORDER BY text.rowid DESC LIMIT %s
"""
# Entries with the words that are looked through one by one where only some conversations count.
NEWEST = 2_000
# Conversations that FTS5 finds as quickly by their facets.
FEW = 20
# Puts lists together, 100 pages of 4 kB at once: others write in between.
_FORGET = "INSERT INTO chat_searchtext (chat_searchtext, rank) VALUES ('merge', -100)"


class Index:
    """See chat.search.store.Store."""

    def make(self) -> None:
        _run(_MAKE)

    def make_triggers(self) -> None:
        for trigger in _TRIGGERS:
            _run(trigger)

    def drop_triggers(self) -> None:
        for name in re.findall(r"(?<=EXISTS )chat_search_\w+", "".join(_TRIGGERS)):
            _run(f"DROP TRIGGER IF EXISTS {name}")

    def lock(self) -> None:
        """A transaction is IMMEDIATE: there is one writer."""

    def insert(self, rows: Sequence[Row]) -> None:
        entries = [
            (
                row.id,
                row.owner_id.hex,
                row.conversation_id.hex,
                row.message_id.hex if row.message_id else None,
                row.start,
                row.length,
            )
            for row in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO chat_searchentry"
                " (id, owner_id, conversation_id, message_id, start, length)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                entries,
            )
            cursor.executemany(
                "INSERT INTO chat_searchtext (rowid, words) VALUES (%s, %s)",
                [(row.id, " ".join([*row.facets, *row.words])) for row in rows],
            )

    def forget(self) -> bool:
        """FTS5 only notes what is deleted, till its lists are put together: here all into one."""
        connection.ensure_connection()
        before = connection.connection.total_changes
        _run(_FORGET)
        return bool(connection.connection.total_changes - before > 1)  # so says its manual

    def find(self, wanted: Wanted) -> list[int]:
        with connection.cursor() as cursor, patience(wanted.owner_id):
            if len(wanted.conversations) > FEW:
                found = _among_newest(cursor, wanted)
                if found is not None:
                    return found
            values = (wanted.first, wanted.last, wanted.owner_id.hex, wanted.limit)
            cursor.execute(_FIND, (expression(wanted), *values))
            return [pk for (pk,) in cursor.fetchall()]


def _among_newest(cursor: CursorWrapper, wanted: Wanted) -> list[int] | None:
    """Those of many conversations, whose facets would each be sought in every part of the index.

    None if the newest entries have not enough of them, and there are more.
    """
    everywhere = expression(replace(wanted, conversations=()))
    cursor.execute(_NEWEST, (everywhere, wanted.first, wanted.last, NEWEST))
    among = {pk.hex for pk in wanted.conversations}
    found: list[int] = []
    passed = 0
    for pk, conversation in cursor:
        passed += 1
        if conversation in among:
            found.append(pk)
            if len(found) == wanted.limit:
                return found
    return found if passed < NEWEST else None


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


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
