"""Takes in the pieces of a file, in their order, whoever sends them and how often."""

import errno
from collections.abc import Iterator
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from models_admin.models import UploadFile
from models_admin.uploads import looking, spool
from models_admin.uploads.spool import Spooled

LARGEST_PIECE = 4 << 20  # bytes


class Source(Protocol):
    """A body that is read bit by bit."""

    def read(self, size: int, /) -> bytes: ...


class WrongOffset(Exception):
    """The piece does not follow what is here; `offset` says where to go on."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(offset)


class CutOff(Exception):
    """The piece is shorter than it said; nothing of it was kept."""


class NoRoom(Exception):
    """The disk has no room for the piece."""


def receive(file: UploadFile, offset: int, length: int, source: Source) -> None:
    """Adds `length` bytes at `offset` to a file; `file` then says how much of it is here.

    Raises WrongOffset, CutOff, NoRoom, or ValidationError for a file that can't be right: then
    nothing of it is kept.
    """
    try:
        with spool.opened(file.upload_id, file.pk) as spooled:
            file.refresh_from_db(fields=["received", "sha256", "size", "expected"])
            _receive(file, offset, length, source, spooled)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom from error
        raise


def _receive(file: UploadFile, offset: int, length: int, source: Source, spooled: Spooled) -> None:
    here = min(file.received, spooled.size)
    if here < file.received:  # somebody has cleared the disk
        file.stands_at(here)
    if offset != here or offset + length > file.size:
        raise WrongOffset(here)
    if file.is_whole:
        return
    if spool.room() < length:
        raise NoRoom
    if offset == 0 and length < min(looking.LOOKED_AT, file.size):
        raise CutOff  # too little to see what it is
    try:
        at = offset
        for chunk in _chunks(source, length):
            spooled.write(at, chunk)
            at += len(chunk)
        if offset == 0:
            looking.check(file.name, file.size, spooled.start(looking.LOOKED_AT))
        spooled.settle()
        digest = spooled.digest(at)
    except BaseException:
        spooled.cut(offset)
        raise
    if at < file.size:
        file.stands_at(at)
        return
    _finish(file, digest, spooled)


def _finish(file: UploadFile, digest: str, spooled: Spooled) -> None:
    spooled.forget()
    if file.expected and digest != file.expected:
        spooled.cut(0)
        file.stands_at(0)
        words = _(
            "%(name)s did not come as it should: its SHA-256 is %(is)s…, not %(wanted)s…. Download "
            "it again to your computer, or look whether the sum belongs to it."
        )
        values = {"name": file.name, "is": digest[:12], "wanted": file.expected[:12]}
        raise ValidationError(words % values)
    file.stands_at(file.size, digest)


def _chunks(source: Source, length: int) -> Iterator[bytes]:
    while length:
        chunk = source.read(min(spool.CHUNK, length))
        if not chunk:
            raise CutOff
        length -= len(chunk)
        yield chunk
