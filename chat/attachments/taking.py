"""Takes in a file that a person chose: looks what it is, stores it, says why if it does not."""

import logging
import math
from hashlib import sha256
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import Person
from chat import text
from chat.attachments import clearing, files, images, names, texts
from chat.attachments.images import Picture
from chat.attachments.texts import Text
from chat.models import Attachment
from inference import context
from inference.weighing import weigh

log = logging.getLogger(__name__)

LARGEST_IMAGE = 25_000_000  # bytes, as it comes in
LARGEST_TEXT = 1_000_000
MOST_FILES = 10  # in one message
MOST_UNSENT = 100  # of one person

# What people try and we do not read, by how it begins.
OTHERS = (
    (0, b"%PDF", "PDF"),
    (0, b"PK\x03\x04", "ZIP, Office"),
    (0, b"\xd0\xcf\x11\xe0", "Office"),
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypavif", "AVIF"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
)


def take(person: Person, upload: UploadedFile, *, waits: bool = True) -> Attachment:
    """The file as an attachment that was not sent yet. Raises ValidationError that says why not.

    One that `waits` for its person to send it is one of MOST_UNSENT.
    """
    if waits and Attachment.objects.unsent().filter(owner=person).count() >= MOST_UNSENT:
        raise ValidationError(
            _("%(n)s of your files wait to be sent. Send or remove some of them first."),
            params={"n": MOST_UNSENT},
        )
    if not upload.size:
        raise ValidationError(_("This file is empty."))
    if upload.size > LARGEST_IMAGE:
        raise _too_large(upload.size, LARGEST_IMAGE)
    name = names.clean(upload.name or "")
    try:
        picture = images.read(upload)
        taken = _image(person, name, picture) if picture else _text(person, name, upload)
    except (OSError, DatabaseError) as error:
        log.error("an attachment could not be stored: %s", error)
        raise ValidationError(
            _("The file could not be stored; the disk may be full. Tell who runs this chat.")
        ) from error
    clearing.submit()
    return taken


def tokens_of(written: str) -> int:
    """About how many tokens a text is: as the prompt's estimate."""
    return math.ceil(weigh(written) / context.CHARACTERS_PER_TOKEN)


def _image(person: Person, name: str, picture: Picture) -> Attachment:
    taken = Attachment(
        owner=person,
        kind=Attachment.Kind.IMAGE,
        name=name,
        media_type=picture.media_type,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        file=uuid4(),
        tokens=context.IMAGE_TOKENS,
        sha256=sha256(picture.content).hexdigest(),
    )
    files.store(taken.file_name, picture.content, picture.small)
    try:
        taken.save(force_insert=True)
    except BaseException:
        files.remove(taken.file_name)
        raise
    return taken


def _text(person: Person, name: str, upload: UploadedFile) -> Attachment:
    upload.seek(0)
    beginning = upload.read(16)
    if kind := next((kind for at, mark, kind in OTHERS if beginning.startswith(mark, at)), ""):
        raise ValidationError(
            _("Files of this kind (%(kind)s) cannot be read. %(what)s"),
            params={"kind": kind, "what": what_can_be()},
        )
    if (upload.size or 0) > LARGEST_TEXT:
        raise _too_large(upload.size or 0, LARGEST_TEXT)
    found = texts.read(beginning + upload.read())
    if found is None:
        raise ValidationError(
            _("This is neither an image nor text. %(what)s"), params={"what": what_can_be()}
        )
    return _stored_text(person, name, found)


def _stored_text(person: Person, name: str, found: Text) -> Attachment:
    written = text.clean(found.text)
    encoded = written.encode()
    return Attachment.objects.create(
        owner=person,
        kind=Attachment.Kind.TEXT,
        name=name,
        media_type="text/plain",
        size=len(encoded),
        text=written,
        encoding=found.encoding,
        tokens=tokens_of(written),
        sha256=sha256(encoded).hexdigest(),
    )


def what_can_be() -> str:
    """What can be attached, in a sentence."""
    return _("Images (PNG, JPEG, WebP, GIF, BMP) and text files can be attached.")


def _too_large(size: int, most: int) -> ValidationError:
    return ValidationError(
        _("This file has %(size)s MB; at most %(most)s MB can be attached."),
        params={
            "size": number_format(math.ceil(size / 100_000) / 10, 1),
            "most": most // 1_000_000,
        },
    )
