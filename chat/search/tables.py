"""Keeps the triggers of the index in place, but for the time of a migration."""

from typing import Any

from django.db import connections

from chat.search.stores import store


def drop_triggers(using: str, plan: Any = (), **kwargs: Any) -> None:
    """Before migrations: SQLite makes a table anew for many, and triggers must not know it then."""
    if plan and _is_made(using):
        store().drop_triggers()


def keep_triggers(using: str, **kwargs: Any) -> None:
    """After each migrate."""
    if _is_made(using):
        store().make_triggers()


def _is_made(using: str) -> bool:
    return "chat_searchentry" in connections[using].introspection.table_names()
