"""The worker's half: brings the files of an upload to the server's store."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

from accounts.database import in_database
from inference.jobs import Work
from inference.ollama import BlobMissing, Client
from inference.ollama.results import Progress
from models_admin.jobs.progress import Meter
from models_admin.models import Upload, UploadFile
from models_admin.uploads import spool

STATUS = "sending files"


async def send(work: Work, client: Client) -> None:
    """Sends what the server does not have; tells how far it is as a layer for each file.

    Raises BlobMissing where a file is neither there nor here any more.
    """
    upload = UUID(work.job.parameters["upload"])
    files = await in_database(_take, upload, work.job.pk)
    digests = _digests(work.job.parameters["request"])
    if not work.progress.get("layers"):
        sizes = {digest: files[digest].size for digest in digests if digest in files}
        work.progress["layers"] = [[key, STATUS, 0, size] for key, size in sizes.items()]
    meter = Meter(work.progress)
    try:
        for digest in digests:
            await _send(work, client, meter, digest, files.get(digest))
    finally:
        work.progress |= {"speed": None, "left": None}


async def _send(
    work: Work, client: Client, meter: Meter, digest: str, file: UploadFile | None
) -> None:
    path = spool.path_of(file.upload_id, file.pk) if file else None
    if file is None or path is None or not path.exists():
        if not await client.has_blob(digest):
            raise BlobMissing
        return
    size = file.size

    def tell(completed: int) -> None:
        meter.add([Progress(STATUS, digest, size, completed)])
        work.progress |= meter.progress()

    async def chunks() -> AsyncIterator[bytes]:
        with path.open("rb") as content:
            sent = 0
            while chunk := await asyncio.to_thread(content.read, spool.CHUNK):
                yield chunk
                sent += len(chunk)
                work.moved = True
                tell(sent)

    tell(0)
    if await client.upload_blob(digest, chunks(), size):
        work.say(_("Sent %(name)s"), name=file.name)
    else:
        work.say(_("%(name)s is there already"), name=file.name)
    tell(size)


async def clear(work: Work) -> None:
    """Removes what is not needed any more, once the model is made."""
    await in_database(remove, UUID(work.job.parameters["upload"]))


def remove(upload: UUID) -> None:
    """Removes an upload with its files. Sync."""
    Upload.objects.filter(pk=upload).delete()
    spool.remove(upload)


def _take(upload: UUID, job: UUID) -> dict[str, UploadFile]:
    """The files by digest. They stay for as long as this job needs them."""
    Upload.objects.filter(pk=upload).update(job=job)
    return {file.digest: file for file in UploadFile.objects.filter(upload=upload)}


def _digests(request: dict[str, Any]) -> list[str]:
    named = [*request.get("files", {}).values(), *request.get("adapters", {}).values()]
    return list(dict.fromkeys(named))
