"""On PostgreSQL the words of titles are words of their own to the index: they are read in again."""

from typing import Any

from django.db import migrations


def read_titles_in_again(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "INSERT INTO chat_searchdue (owner_id, conversation_id, message_id)"
            " SELECT owner_id, id, NULL FROM chat_conversation ORDER BY created_at"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0013_removed_folders"),
    ]

    operations = [
        migrations.RunPython(read_titles_in_again, migrations.RunPython.noop),
    ]
