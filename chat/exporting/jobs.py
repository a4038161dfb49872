"""The job that makes an archive of all that a person has."""

import asyncio
from uuid import UUID

from accounts.database import in_database
from accounts.models import Person
from chat.exporting import archive
from inference import jobs
from inference.jobs import JobFailed, Work
from inference.models import Job

KIND = "export"
NO_ROOM = "no_room"


def submit(person: Person) -> Job:
    """Starts making one; the one that is being made already is the same."""
    return Job.objects.submit(KIND, subject=str(person.pk), person=person)


def register() -> None:
    jobs.register(KIND, export)


async def export(work: Work) -> None:
    """Writes the archive; `progress` is {"done", "total"} in conversations, and "bytes" at last."""
    await asyncio.to_thread(archive.remove_old, work.now())
    ids = await in_database(archive.ids_of, UUID(work.job.subject))
    path = archive.path_of(work.job.pk)
    work.progress.update(done=0, total=len(ids))
    try:
        with archive.writing(path) as whole:
            for pk in ids:
                # One at a time: others wait for the database's thread as well.
                piece = await in_database(archive.piece_of, pk)
                if piece:
                    await asyncio.to_thread(whole.add, piece)
                work.progress["done"] += 1
    except OSError as error:
        raise JobFailed(str(error.strerror or error), kind=NO_ROOM) from error
    work.progress["bytes"] = path.stat().st_size
