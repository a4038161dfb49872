"""Files that wait to be imported: `imports/` in the data folder."""

import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

KEPT = timedelta(days=1)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def path_of(file: UUID) -> Path:
    return folder() / file.hex


def keep(upload: UploadedFile) -> UUID:
    """Writes it down; its id. Raises OSError, as on a full disk, and leaves nothing then."""
    file = uuid4()
    path = path_of(file)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as kept:
            for chunk in upload.chunks():
                kept.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return file


def remove(file: UUID) -> None:
    path_of(file).unlink(missing_ok=True)


def remove_old(now: datetime) -> None:
    """Removes those that nobody went on with."""
    for path in folder().glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - KEPT).timestamp():
                path.unlink()
