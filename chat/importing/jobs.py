"""The job that looks into a file, and then, when its sender says so, imports it."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.utils import translation

from accounts.closing import person_group
from accounts.database import in_database
from accounts.models import Person
from chat.importing import files, storing
from chat.importing.parsed import NotReadable, ParsedConversation
from chat.importing.reading import Opened, Problem
from inference import jobs
from inference.jobs import JobFailed, Work
from inference.models import Job
from inference.wakeups import ashow

KIND = "import"
LOOK = "look into an import"
GONE = "gone"
UNREADABLE = "unreadable"
MOST_PROBLEMS = 50  # that are told one by one
# In a process: a conversation of many megabytes takes several times as much memory.
_one_at_a_time = asyncio.Lock()


def look(person: Person, file: UUID, name: str) -> Job:
    """Has a worker find what the file holds; nothing is stored."""
    parameters = {"file": file.hex, "name": name}
    return Job.objects.submit(LOOK, subject=file.hex, parameters=parameters, person=person)


def submit(looked: Job) -> Job:
    """Imports the file of a look."""
    return Job.objects.submit(
        KIND, subject=looked.subject, parameters=looked.parameters, person=looked.person
    )


def register() -> None:
    jobs.register(LOOK, look_into)
    jobs.register(KIND, import_)


async def look_into(work: Work) -> None:
    """Counts: `progress` is {"new", "known", "messages", "sources", "problems": [[title, why]]}."""
    await asyncio.to_thread(files.remove_old, work.now())
    await _each(work, stores=False)


async def import_(work: Work) -> None:
    """Stores what is not here: `progress` is as above, "new" being those that were stored."""
    await _each(work, stores=True)
    if work.job.person_id:
        await ashow(person_group(work.job.person_id), {"kind": "list"})
    await asyncio.to_thread(files.remove, UUID(work.job.parameters["file"]))


async def _each(work: Work, *, stores: bool) -> None:
    owner = work.job.person_id
    if owner is None:
        raise JobFailed(kind=GONE)
    # What is wrong with a file is said, and kept, in its sender's words.
    async with _one_at_a_time:
        with translation.override(await in_database(_language, owner)):
            await _found(work, owner, stores=stores)


async def _found(work: Work, owner: UUID, *, stores: bool) -> None:
    work.progress.clear()
    work.progress.update(new=0, known=0, messages=0, sources=[], problems=[], more_problems=0)
    try:
        opened = await asyncio.to_thread(Opened, files.path_of(UUID(work.job.parameters["file"])))
    except FileNotFoundError as error:
        raise JobFailed(kind=GONE) from error
    except NotReadable as error:
        raise JobFailed(str(error), kind=UNREADABLE) from error
    try:
        found = opened.conversations()
        while (each := await asyncio.to_thread(_next, found)) is not None:
            if isinstance(each, Problem):
                _note(work, each)
                continue
            await _one(work, owner, each, opened if stores else None)
    except NotReadable as error:
        raise JobFailed(str(error), kind=UNREADABLE) from error
    finally:
        opened.close()


async def _one(work: Work, owner: UUID, found: ParsedConversation, opened: Opened | None) -> None:
    if opened is None:
        is_new = not await in_database(storing.known, owner, found)
    else:
        is_new = await in_database(storing.store, owner, found, opened.image) is not None
    progress = work.progress
    progress["new" if is_new else "known"] += 1
    progress["messages"] += len(found.messages) if is_new else 0
    if found.source not in progress["sources"]:
        progress["sources"].append(found.source)


def _language(owner: UUID) -> str:
    chosen = Person.objects.filter(pk=owner).values_list("language", flat=True).first()
    return chosen or settings.LANGUAGE_CODE


def _next(
    found: Iterator[ParsedConversation | Problem],
) -> ParsedConversation | Problem | None:
    return next(found, None)


def _note(work: Work, problem: Problem) -> None:
    if len(work.progress["problems"]) < MOST_PROBLEMS:
        work.progress["problems"].append([problem.title, problem.why])
    else:
        work.progress["more_problems"] += 1
