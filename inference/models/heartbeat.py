from django.db import models


class Heartbeat(models.Model):
    """A worker that lives: it says so every few seconds, and takes its row away when it ends."""

    owner = models.CharField(primary_key=True, max_length=100)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    # A real server that it saw answer while only the practice server is in use.
    offer = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.owner
