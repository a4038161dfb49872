"""The index in SQLite: FTS5, whose rows are read newest first until enough are found.

So a word that is in every message costs no more than a rare one, and one that is in nobody's costs
nothing. The owner is a word of each entry, too: of a million messages only one's own are looked at.
"""

import re
from collections.abc import Sequence

from django.db import connection

from chat.search.patience import patience
from chat.search.sqlite_find import find
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
        with patience(wanted.owner_id):
            return find(wanted)


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
