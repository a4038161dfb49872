"""Keeps the triggers of the index in place."""

from typing import Any

from django.db import connections

from chat.search.store import store


def keep_triggers(using: str, **kwargs: Any) -> None:
    """After each migration: SQLite loses a table's triggers where a migration makes it anew."""
    if connections[using].vendor == "sqlite" and _is_made(using):
        store().make_triggers()


def _is_made(using: str) -> bool:
    return "chat_searchtext" in connections[using].introspection.table_names()
