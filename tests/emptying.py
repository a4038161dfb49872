"""A pytest plugin: empties the database quickly after a test that commits.

Django truncates every table, for which PostgreSQL makes new files for it and each of its indexes:
0.5 s, where deleting the few rows of a test takes 0.01 s. Then it sends `post_migrate`, whose
receivers take 0.1 to 0.3 s to make what is there already (triggers) or what nothing here uses
(content types and permissions).
"""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    from django.conf import settings
    from django.core.management.commands import flush

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "emit_post_migrate_signal", lambda *args, **options: None)
        if settings.ON_POSTGRES:
            from django.db.backends.postgresql.operations import DatabaseOperations

            patch.setattr(DatabaseOperations, "sql_flush", _deletions)
        yield


def _deletions(operations, style, tables, **options) -> list[str]:
    # In any order, as foreign keys are checked when the transaction ends.
    named = map(operations.quote_name, tables)
    return ["; ".join(f"DELETE FROM {table}" for table in named)] if tables else []  # noqa: S608
