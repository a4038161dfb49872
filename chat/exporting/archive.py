"""A zip of all that a person has: each conversation as Markdown, JSON and HTML, and the images."""

import asyncio
import os
import re
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation

from accounts.models import Person
from chat.exporting import reading, record
from chat.exporting.inlined import Text
from chat.models import Attachment, Conversation

KEPT = timedelta(days=7)
CHUNK = 256 * 1024  # bytes
_UNFIT = re.compile(r"[^\w-]+")
_LONGEST_NAME = 60


def folder() -> Path:
    return Path(settings.DATA_DIR) / "exports"


def path_of(job: UUID) -> Path:
    return folder() / f"{job.hex}.zip"


@dataclass(frozen=True)
class Piece:
    """One conversation in an archive: its texts by name, and its images."""

    texts: dict[str, Text]
    images: dict[str, Path]


def ids_of(owner: UUID) -> list[UUID]:
    """The conversations that an archive holds, oldest first."""
    mine = Conversation.objects.filter(owner=owner, erase_at=None)
    return list(mine.order_by("created_at", "pk").values_list("pk", flat=True))


def piece_of(pk: UUID) -> Piece | None:
    """One of them, in its owner's language; None if it is gone by now."""
    found = Conversation.objects.select_related("owner").filter(pk=pk, erase_at=None).first()
    if found is None:
        return None
    with translation.override(_language(found.owner)):
        return _piece(found)


class Archive:
    """A zip that is written piece by piece, and is there when it is whole.

    Raises OSError, as on a disk that is full; what was written is removed then.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_suffix(".part")
        self._images: set[str] = set()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)

    def add(self, piece: Piece) -> None:
        for name, text in piece.texts.items():
            self._write(name, text)
        for name, path in piece.images.items():
            if name not in self._images:
                self._images.add(name)
                with suppress(FileNotFoundError):  # its conversation was erased meanwhile
                    self._zip.write(path, name, zipfile.ZIP_STORED)

    def _write(self, name: str, text: Text) -> None:
        member = zipfile.ZipInfo(name, time.localtime()[:6])
        member.compress_type = zipfile.ZIP_DEFLATED
        # It may be larger than 2 GB, which nobody knows before.
        with self._zip.open(member, "w", force_zip64=text.has_files) as file:
            for chunk in text.chunks():
                file.write(chunk)

    def close(self) -> None:
        """Makes it whole."""
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._part, self._path)

    def drop(self) -> None:
        """Removes what was written."""
        with suppress(OSError, ValueError):
            self._zip.close()
        self._file.close()
        self._part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[Archive]:
    """An archive that is whole after this, or was never there."""
    archive = Archive(path)
    try:
        yield archive
        archive.close()
    except BaseException:
        archive.drop()
        raise


async def chunks(path: Path) -> AsyncIterator[bytes]:
    """The bytes of an archive, read in a thread as they are wanted."""
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


def remove_old(now: datetime) -> None:
    """Removes archives that are too old, and half-written ones of workers that died."""
    for path in folder().glob("*.*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - KEPT).timestamp():
                path.unlink()


def _language(person: Person) -> str:
    return person.language or settings.LANGUAGE_CODE


def _piece(found: Conversation) -> Piece:
    name = _name(found)
    images = Attachment.objects.filter(
        message__conversation=found, kind=Attachment.Kind.IMAGE
    ).without_text()
    return Piece(
        texts={
            f"markdown/{name}.md": _text(reading.markdown(found, images="../" + record.FILES)),
            f"html/{name}.html": reading.page(found),
            f"json/{name}.json": _text(record.document([record.record_of(found)])),
        },
        images={record.archive_path(each): each.path for each in images},
    )


def _text(written: str) -> Text:
    return Text([written.encode()])


def _name(found: Conversation) -> str:
    """A name for files: the day, some words of the title, and what makes it the only one."""
    day = timezone.localdate(found.created_at).isoformat()
    words = _UNFIT.sub("-", found.title.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return "-".join(filter(None, [day, words, found.pk.hex[:8]]))


def download_name(found: Conversation, ending: str) -> str:
    return f"{_name(found)}.{ending}"
