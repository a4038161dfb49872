"""What the search index knows of: its entries, and what it has yet to read in."""

from django.db import models


class SearchEntry(models.Model):
    """A title, or a part of a message, in the index (chat.search).

    The id is the time of the text in milliseconds (or the next one that is free): so the newest
    come first and a span of time is a span of ids. The words themselves stand beside it: in
    chat_searchtext by the same rowid on SQLite, in the column `words` on PostgreSQL.
    """

    id = models.BigIntegerField(primary_key=True)
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="search_entries"
    )
    # None: the title.
    message = models.ForeignKey(
        "chat.Message", on_delete=models.CASCADE, null=True, related_name="search_entries"
    )
    owner_id = models.UUIDField()
    # Code points of the message's text.
    start = models.PositiveIntegerField(default=0)
    length = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["owner_id", "-id"], name="search_newest")]

    def __str__(self) -> str:
        return f"{self.message_id or self.conversation_id} from {self.start}"


class SearchDue(models.Model):
    """A title or a message that was written or changed; triggers of the database add these.

    Without foreign keys: they are written with every message, and one too many does no harm.
    """

    owner_id = models.UUIDField(db_index=True)
    conversation_id = models.UUIDField()
    message_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.message_id or self.conversation_id}"
