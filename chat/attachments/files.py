"""Images on disk: `attachments/` in the data folder, outside of all that is served as it stands.

An image `ab12….jpg` lies in the folder `ab/`, and a small picture of it beside it.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

log = logging.getLogger(__name__)

ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png"}
SMALL = ".small.webp"
SMALL_TYPE = "image/webp"
_PART = ".part"  # of a file that is being written
_NAME = re.compile(r"[0-9a-f]{32}")


def folder() -> Path:
    return Path(settings.DATA_DIR) / "attachments"


def name_of(file: UUID, media_type: str) -> str:
    return file.hex + ENDINGS[media_type]


def path_of(name: str) -> Path:
    return folder() / name[:2] / name


def small_path_of(name: str) -> Path:
    return path_of(name).with_name(name[:32] + SMALL)


def store(name: str, content: bytes, small: bytes) -> None:
    """Writes an image and its small picture, whole or not at all. Raises OSError."""
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _write(small_path_of(name), small)
        _write(path, content)
    except BaseException:
        remove(name)
        raise


def remove(name: str) -> None:
    """Removes an image and its small picture, if they are there; what cannot be is logged."""
    for path in (path_of(name), small_path_of(name)):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.error("the file of an attachment stays: %s", error)


def older_than(then: datetime) -> Iterator[tuple[UUID, Path]]:
    """All files that were written before, with the id in their names; half-written ones too."""
    for path in folder().glob("??/*"):
        if not _NAME.match(path.name):
            continue
        with suppress(FileNotFoundError):  # somebody else removed it
            if path.stat().st_mtime < then.timestamp():
                yield UUID(path.name[:32]), path


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + _PART)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
