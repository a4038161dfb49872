"""Clears away files of models that were made, given up, or not gone on with for days."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.database import in_database
from inference import jobs
from inference.jobs import NotYet, Work
from inference.models import Job
from models_admin.models import Upload
from models_admin.uploads import spool
from models_admin.uploads.sending import remove

KIND = "clear uploads"
PAUSE = timedelta(minutes=1)  # a job that is cancelled leaves gigabytes
ORPHANED = timedelta(hours=1)  # a folder without a row, which may be about to get one


def submit() -> None:
    """Has a worker look in a while; called as uploads begin."""
    Job.objects.submit(KIND, not_before=timezone.now() + PAUSE)


async def work(work: Work) -> None:
    """The job's handler: goes on until there are no uploads any more."""
    if await in_database(clear, work.now()):
        raise NotYet(PAUSE.total_seconds())


def clear(now: datetime) -> bool:
    """Removes what nobody needs, from the database and the disk; whether any are left. Sync."""
    for pk in list(Upload.objects.due(now).values_list("pk", flat=True)):
        remove(pk)
    if folders := set(spool.older_than(now - ORPHANED)):
        known = Upload.objects.filter(pk__in=folders).values_list("pk", flat=True)
        for pk in folders - set(known):
            spool.remove(pk)
    return Upload.objects.exists()


def register() -> None:
    """Has workers clear."""
    jobs.register(KIND, work, attempts=5, keep=False)
