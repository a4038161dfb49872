"""Files on their way to a server: `spool/` in the data folder, where only this program reads.

An upload has a folder, named by its id, and each of its files one file in it, named likewise.
"""

import fcntl
import hashlib
import os
import shutil
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

CHUNK = 1 << 20  # bytes that are held in memory at once
# Bytes of the disk that uploads leave to the database and everything else.
MARGIN = 500_000_000
MOST_HASHES = 64  # of files that are on their way, kept by a process


def folder() -> Path:
    return Path(settings.DATA_DIR) / "spool"


def path_of(upload: UUID, file: UUID) -> Path:
    return folder() / upload.hex / file.hex


def room() -> int:
    """Bytes that may still be written; 0 or fewer when the disk is as good as full."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return shutil.disk_usage(place).free - MARGIN


def remove(upload: UUID) -> None:
    """Removes all files of an upload, if there are any."""
    shutil.rmtree(folder() / upload.hex, ignore_errors=True)


def older_than(then: datetime) -> Iterator[UUID]:
    """The uploads whose folders were made or filled before."""
    for path in folder().glob("*"):
        with suppress(FileNotFoundError, ValueError):  # somebody else removed it, or made it
            if path.stat().st_mtime < then.timestamp():
                yield UUID(path.name)


class Hashes:
    """The SHA-256 of spooled files so far, with the number of bytes that it is of.

    Kept in this process only. Another one, or this one after a restart, reads what it missed.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[int, hashlib._Hash]] = OrderedDict()

    def take(self, file: UUID) -> "tuple[int, hashlib._Hash]":
        return self._kept.pop(file, None) or (0, hashlib.sha256())

    def keep(self, file: UUID, at: int, so_far: "hashlib._Hash") -> None:
        self._kept[file] = (at, so_far)
        while len(self._kept) > MOST_HASHES:
            self._kept.popitem(last=False)


hashes = Hashes()


class Spooled:
    """A spooled file that is open for one piece; nobody else has it open meanwhile."""

    def __init__(self, file: UUID, descriptor: int) -> None:
        self._file = file
        self._descriptor = descriptor

    @property
    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def start(self, length: int) -> bytes:
        """The first bytes."""
        return os.pread(self._descriptor, length, 0)

    def cut(self, size: int) -> None:
        """Forgets what lies behind."""
        os.ftruncate(self._descriptor, size)

    def write(self, at: int, chunk: bytes) -> None:
        """Raises OSError, such as for a disk that is full."""
        while chunk:
            written = os.pwrite(self._descriptor, chunk, at)
            at, chunk = at + written, chunk[written:]

    def settle(self) -> None:
        """Returns when what was written would survive a loss of power."""
        os.fdatasync(self._descriptor)

    def digest(self, size: int) -> str:
        """The SHA-256 of the first `size` bytes, in hex; what was hashed before is not read."""
        at, so_far = hashes.take(self._file)
        if at > size:
            at, so_far = 0, hashlib.sha256()
        while at < size:
            chunk = os.pread(self._descriptor, min(CHUNK, size - at), at)
            if not chunk:
                raise OSError(f"the spooled file ends at {at}")
            so_far.update(chunk)
            at += len(chunk)
        hashes.keep(self._file, at, so_far)
        return so_far.hexdigest()

    def forget(self) -> None:
        """What was hashed of it does not count any more."""
        hashes.take(self._file)


@contextmanager
def opened(upload: UUID, file: UUID) -> Iterator[Spooled]:
    """Opens a file of an upload, or makes it; waits while somebody else has it open."""
    path = path_of(upload, file)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Spooled(file, descriptor)
    finally:
        os.close(descriptor)
