"""Begins an upload, or finds the one that was begun with the same files."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from models_admin.figures import size
from models_admin.models import Upload, UploadFile
from models_admin.uploads import clearing, spool
from models_admin.uploads.forms import UploadForm
from models_admin.uploads.manifest import Declared


@transaction.atomic
def begin(person: Person, form: UploadForm) -> Upload:
    """The upload for a valid form; what came of the same files before is not sent again.

    Raises ValidationError where the disk has no room for all of it.
    """
    name, server = form.cleaned_data["name"], form.made_on
    mine = Upload.objects.visible_to(person).unfinished().filter(server=server)
    for upload in mine.prefetch_related("files"):
        if _is_of(upload, form.declared):
            Upload.objects.filter(pk=upload.pk).update(name=name, typed=form.typed)
            return upload
    _check_room(sum(file.size for file in form.declared))
    upload = Upload.objects.create(person=person, server=server, name=name, typed=form.typed)
    UploadFile.objects.bulk_create(
        UploadFile(
            upload=upload,
            role=file.role,
            name=file.name,
            size=file.size,
            fingerprint=file.fingerprint,
            expected=file.expected,
        )
        for file in form.declared
    )
    clearing.submit()
    return upload


def _is_of(upload: Upload, declared: list[Declared]) -> bool:
    there = {
        (file.role, file.name, file.size, file.fingerprint, file.expected)
        for file in upload.files.all()
    }
    return there == {
        (file.role, file.name, file.size, file.fingerprint, file.expected) for file in declared
    }


def _check_room(wanted: int) -> None:
    """What other uploads will still bring has its place already."""
    room = spool.room() - UploadFile.objects.awaited()
    if wanted > room:
        words = _(
            "There is no room for it: these files have %(wanted)s, and the disk of Webchat has "
            "%(room)s left for uploads. Give up another upload, or ask who runs Webchat."
        )
        raise ValidationError(words % {"wanted": size(wanted), "room": size(max(room, 0))})
