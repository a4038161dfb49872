"""What a filled database takes on the disk."""

from django.db import connection

_SQLITE = """
    SELECT sum(pgsize) / 1e6 FROM dbstat
    WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name LIKE %s)
"""
_POSTGRES = """
    SELECT sum(pg_total_relation_size(oid)) / 1e6 FROM pg_class
    WHERE relkind = 'r' AND relname LIKE %s
"""


def sizes() -> dict[str, float]:
    """Megabytes of the messages, and of all that search has; with their indexes."""
    sql = _POSTGRES if connection.vendor == "postgresql" else _SQLITE
    found = {}
    with connection.cursor() as cursor:
        for name, tables in {"messages": "chat_message%", "search": "chat_search%"}.items():
            cursor.execute(sql, [tables])
            found[name] = round(float(cursor.fetchone()[0] or 0), 1)
    return found
