"""Changes in an instance's database that no page offers."""

import sqlite3

from tests.instance import READY_S, Database


def change(database: Database, sql: str, *values: str) -> None:
    """Runs one statement beside the running instance, with a value for each %s."""
    if variables := database.variables:
        import psycopg

        with psycopg.connect(variables["WEBCHAT_DATABASE_URL"]) as postgres:
            postgres.execute(sql.encode(), values)
        return
    connection = sqlite3.connect(database.folder / "webchat.sqlite3", timeout=READY_S)
    with connection:
        connection.execute(sql.replace("%s", "?"), values)
    connection.close()
