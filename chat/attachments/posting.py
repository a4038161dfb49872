"""The files that a form sends with a message: chosen before, or along with it as a form can."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import PersonRequest
from chat.attachments.taking import MOST_FILES, take
from chat.models import Attachment
from inference.models import ModelChoice


@dataclass(frozen=True)
class Posted:
    """The files as they are to be sent, and why something of them cannot be."""

    attachments: Sequence[Attachment] = ()
    trouble: str = ""

    def refusal(self, model_name: str, models: Sequence[ModelChoice]) -> str:
        """Why they cannot be sent to this one of the models; empty if they can."""
        if self.trouble:
            return self.trouble
        model = next((each for each in models if each.name == model_name), None)
        if model is None or model.sees or not any(each.is_image for each in self.attachments):
            return ""
        seeing = ", ".join(each.name for each in models if each.sees)
        if not seeing:
            return _("No model here can see images. Send the message without them.")
        return _(
            "%(model)s cannot see images. Choose one that can (%(models)s), or remove them."
        ) % {
            "model": model_name,
            "models": seeing,
        }


def posted(request: PersonRequest) -> Posted:
    """What the form names as `attachment`, and what it brings as `files`, which is taken in."""
    ids = [_id(value) for value in request.POST.getlist("attachment")]
    rows: dict[UUID, Attachment] = {}
    if ids:  # to compose the query takes longer than all else that a plain question needs here
        mine = Attachment.objects.visible_to(request.user).without_text()
        rows = mine.in_bulk([pk for pk in ids if pk])
    found = [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]
    troubles = [] if all(pk in rows for pk in ids) else [gone()]
    uploads = request.FILES.getlist("files")
    if len(found) + len(uploads) > MOST_FILES:
        return Posted(found, _too_many())
    for upload in uploads:
        try:
            found.append(take(request.user, upload))
        except ValidationError as error:
            troubles.append(f"{upload.name}: {error.messages[0]}")
    return Posted(found, " ".join(troubles))


def gone() -> str:
    """Why a message was not sent whose file was removed in the meantime."""
    return _("A file that was attached is not here any more. Attach it again, or send without it.")


def _too_many() -> str:
    text = ngettext(
        "At most %(n)s file can be sent with a message.",
        "At most %(n)s files can be sent with a message.",
        MOST_FILES,
    )
    return text % {"n": MOST_FILES}


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
