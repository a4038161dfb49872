"""Which store the index is in."""

from django.db import connection

from chat.search import postgres, sqlite
from chat.search.store import Store


def store() -> Store:
    """That of the database in use."""
    return postgres.Index() if connection.vendor == "postgresql" else sqlite.Index()
