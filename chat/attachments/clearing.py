"""Clears away files that were never sent, and those on disk that no row knows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from accounts.database import in_database
from chat.attachments import files
from chat.models import Attachment
from inference import jobs
from inference.jobs import NotYet, Work
from inference.models import Job

KIND = "clear attachments"
KEPT = timedelta(days=1)  # a file that waits to be sent
PAUSE = timedelta(hours=1)
BATCH = 500  # files that are looked up in one query


def submit() -> None:
    """Has a worker look in a while; called as files come in."""
    Job.objects.submit(KIND, not_before=timezone.now() + PAUSE)


async def work(work: Work) -> None:
    """The job's handler: goes on until nothing waits to be sent any more."""
    if await in_database(clear, work.now()):
        raise NotYet(PAUSE.total_seconds())


def clear(now: datetime) -> bool:
    """Removes what is a day old and was not sent; whether anything still waits."""
    old = now - KEPT
    unsent = Attachment.objects.unsent()
    unsent.filter(created_at__lt=old).remove()
    orphans = files.older_than(old)
    while batch := list(islice(orphans, BATCH)):
        for path in _unknown(batch):
            path.unlink(missing_ok=True)
    return unsent.exists()


def _unknown(batch: list[tuple[UUID, Path]]) -> Iterator[Path]:
    ids = {file for file, _path in batch}
    known = set(Attachment.objects.filter(file__in=ids).values_list("file", flat=True))
    return (path for file, path in batch if file not in known)


def register() -> None:
    """Has workers clear."""
    jobs.register(KIND, work, attempts=5, keep=False)
