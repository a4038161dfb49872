"""The index in PostgreSQL: a tsvector in each entry, with a GIN index over all.

GIN finds rare words at once but has no order: for a word that is in every message it would read
them all. So the newest entries of the owner are looked through first; only where these have not
enough of them, the word is rare enough for GIN. Of the newest few are titles, so their words are
words of their own to GIN. Where some conversations are looked through, no words are asked for.
"""

from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from chat.search.query import Term
from chat.search.store import FACET, PATIENCE_S, TITLE, Row, TooLong, Wanted

# Entries that are looked through one by one, the newest first.
NEWEST = 2_000
# Conversations whose entries are read sooner than the newest ones.
FEW = 100
# What the words of titles begin with; no facet does.
IN_TITLE = FACET * 2
# What a tsvector holds of a word's places, and the last place it can tell from others.
MOST_PLACES, LAST_PLACE = 255, 16_383
# For pg_advisory_xact_lock: who writes to the index.
LOCK = 0x5EA2C4

_MAKE = (
    "ALTER TABLE chat_searchentry ADD COLUMN IF NOT EXISTS words tsvector",
    "CREATE INDEX IF NOT EXISTS chat_searchentry_words ON chat_searchentry USING gin (words)",
)
_TRIGGERS = (
    """
    CREATE OR REPLACE FUNCTION chat_search_message_due() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)
        SELECT owner_id, id, NEW.id FROM chat_conversation WHERE id = NEW.conversation_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION chat_search_title_due() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)
        VALUES (NEW.owner_id, NEW.id, NULL);
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER chat_search_new_message AFTER INSERT ON chat_message
    FOR EACH ROW WHEN (NEW.text <> '') EXECUTE FUNCTION chat_search_message_due()
    """,
    """
    CREATE OR REPLACE TRIGGER chat_search_message AFTER UPDATE OF text ON chat_message
    FOR EACH ROW WHEN (NEW.text <> OLD.text) EXECUTE FUNCTION chat_search_message_due()
    """,
    """
    CREATE OR REPLACE TRIGGER chat_search_new_title AFTER INSERT ON chat_conversation
    FOR EACH ROW EXECUTE FUNCTION chat_search_title_due()
    """,
    """
    CREATE OR REPLACE TRIGGER chat_search_title AFTER UPDATE OF title ON chat_conversation
    FOR EACH ROW WHEN (NEW.title <> OLD.title) EXECUTE FUNCTION chat_search_title_due()
    """,
    """
    CREATE OR REPLACE FUNCTION chat_search_kept_due() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)
        SELECT NEW.owner_id, NEW.id, NULL::uuid UNION ALL
        SELECT NEW.owner_id, NEW.id, id FROM chat_message
        WHERE conversation_id = NEW.id AND text <> '';
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER chat_search_kept AFTER UPDATE OF is_temporary ON chat_conversation
    FOR EACH ROW WHEN (OLD.is_temporary AND NOT NEW.is_temporary)
    EXECUTE FUNCTION chat_search_kept_due()
    """,
)
_AMONG_NEWEST = """
    WITH newest AS MATERIALIZED (
        SELECT id, conversation_id, words FROM chat_searchentry
        WHERE owner_id = %(owner)s AND id BETWEEN %(first)s AND %(last)s
        ORDER BY id DESC LIMIT %(newest)s
    )
    SELECT (SELECT count(*) FROM newest), ARRAY(
        SELECT newest.id FROM newest
        JOIN chat_conversation conversation ON conversation.id = newest.conversation_id
        WHERE newest.words @@ %(query)s::tsquery AND {of_conversations}
          AND conversation.owner_id = %(owner)s AND conversation.erase_at IS NULL
        ORDER BY newest.id DESC LIMIT %(limit)s
    )
"""
_AMONG_ALL = """
    WITH found AS MATERIALIZED (
        SELECT id, conversation_id FROM chat_searchentry WHERE words @@ %(query)s::tsquery
    )
    SELECT found.id FROM found
    JOIN chat_conversation conversation ON conversation.id = found.conversation_id
    WHERE found.id BETWEEN %(first)s AND %(last)s
      AND conversation.owner_id = %(owner)s AND conversation.erase_at IS NULL
    ORDER BY found.id DESC LIMIT %(limit)s
"""
# OFFSET keeps the words from GIN, which would look for them in all conversations.
_AMONG_THEIRS = """
    SELECT entry.id FROM (
        SELECT id, conversation_id, words FROM chat_searchentry
        WHERE conversation_id = ANY(%(conversations)s) OFFSET 0
    ) entry
    JOIN chat_conversation conversation ON conversation.id = entry.conversation_id
    WHERE entry.words @@ %(query)s::tsquery AND entry.id BETWEEN %(first)s AND %(last)s
      AND conversation.owner_id = %(owner)s AND conversation.erase_at IS NULL
    ORDER BY entry.id DESC LIMIT %(limit)s
"""
# Their ids are compared sooner than their facets are looked up in each entry.
_OF_CONVERSATIONS = "newest.conversation_id = ANY(%(conversations)s)"


class Index:
    """See chat.search.store.Store."""

    def make(self) -> None:
        _run(_MAKE)

    def make_triggers(self) -> None:
        _run(_TRIGGERS)

    def drop_triggers(self) -> None:
        """They are in nobody's way here."""

    def lock(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])

    def insert(self, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO chat_searchentry"
                " (id, owner_id, conversation_id, message_id, start, length, words)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s::tsvector)",
                [
                    (
                        row.id,
                        row.owner_id,
                        row.conversation_id,
                        row.message_id,
                        row.start,
                        row.length,
                        vector(row),
                    )
                    for row in rows
                ],
            )

    def forget(self) -> bool:
        """PostgreSQL vacuums by itself."""
        return False

    def find(self, wanted: Wanted) -> list[int]:
        values: dict[str, Any] = {
            "owner": wanted.owner_id,
            "first": wanted.first,
            "last": wanted.last,
            "limit": wanted.limit,
            "newest": NEWEST,
            "conversations": list(wanted.conversations),
            "query": expression(wanted),
        }
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {int(PATIENCE_S * 1000)}")
                return _find(cursor, wanted, values)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "57014":  # query_canceled
                raise
            raise TooLong from error


def _find(cursor: CursorWrapper, wanted: Wanted, values: dict[str, Any]) -> list[int]:
    if not 0 < len(wanted.conversations) <= FEW:
        narrowed = _OF_CONVERSATIONS if wanted.conversations else "true"
        cursor.execute(_AMONG_NEWEST.format(of_conversations=narrowed), values)
        count, found = cursor.fetchone()
        if count < NEWEST or len(found) == wanted.limit:
            return list(found)
    cursor.execute(_AMONG_THEIRS if wanted.conversations else _AMONG_ALL, values)
    return [pk for (pk,) in cursor.fetchall()]


def vector(row: Row) -> str:
    """A tsvector as PostgreSQL reads it; neither facets nor words hold a quote or a backslash."""
    mark = "" if row.message_id else IN_TITLE
    places: dict[str, list[str]] = {}
    for place, word in enumerate(row.words[:LAST_PLACE], 1):
        places.setdefault(word, []).append(str(place))
    parts = [f"'{facet}'" for facet in row.facets]
    parts += [f"'{mark}{word}':{','.join(at[:MOST_PLACES])}" for word, at in places.items()]
    return " ".join(parts)


def expression(wanted: Wanted) -> str:
    """A tsquery as PostgreSQL reads it. All in it is folded words and facets: it cannot fail."""
    mark = IN_TITLE if wanted.kind == TITLE else ""
    parts = [f"'{facet}'" for facet in wanted.all_facets]
    return " & ".join([*parts, *(_term(mark, term) for term in wanted.phrases)])


def _term(mark: str, term: Term) -> str:
    words = " <-> ".join(f"'{mark}{word}'" for word in term.words)
    return f"({words}{':*' if term.is_prefix else ''})"


def _run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
