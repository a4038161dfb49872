"""Files of questions: taken in as they are chosen, shown to who sees the question."""

from pathlib import Path
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest, signed_in
from accounts.models import Person
from chat.attachments import files, names
from chat.attachments.taking import MOST_FILES, take
from chat.models import Attachment
from chat.pages import INVALID

# What lies under such an address never changes, and only its person's own browser may keep it.
KEPT_BY_BROWSERS = "private, max-age=86400, immutable"
# Whatever a browser might take it for, nothing in it runs or loads anything.
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; sandbox"


def visible_attachment(person: Person, pk: UUID) -> Attachment:
    """The attachment without its text, or 404."""
    return get_object_or_404(Attachment.objects.visible_to(person).without_text(), pk=pk)


@require_http_methods(["GET", "POST"])
@signed_in
def collection(request: PersonRequest) -> HttpResponse:
    """POST: takes in one `file`. GET: those that `id` names, for a page that was loaded anew."""
    if request.method == "POST":
        return _taken(request)
    ids = [_id(value) for value in request.GET.getlist("id")[:MOST_FILES]]
    mine = Attachment.objects.visible_to(request.user).without_text().in_bulk(ids)
    found = [mine[pk] for pk in ids if pk in mine]
    return render(request, "chat/_waiting_files.html", {"attachments": found})


@require_GET
@signed_in
def attachment(request: PersonRequest, pk: UUID) -> HttpResponse:
    """An image in full or a text as a whole: a dialog or a part, or a page without JavaScript."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    context = {"attachment": found}
    if not request.htmx:
        return render(request, "chat/attachment.html", context)
    return render(request, "chat/_image.html" if found.is_image else "chat/_text.html", context)


@require_GET
@signed_in
def image(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The bytes of an image."""
    found = visible_attachment(request.user, pk)
    if not found.is_image:
        raise Http404
    return _bytes(found.path, found.media_type, _name(found))


@require_GET
@signed_in
def small(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The bytes of a small picture of an image."""
    found = visible_attachment(request.user, pk)
    if not found.is_image:
        raise Http404
    return _bytes(found.small_path, files.SMALL_TYPE, f"{found.name}{files.SMALL}")


@require_GET
@signed_in
def text(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A text file, to be saved; always as UTF-8."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    if found.is_image:
        raise Http404
    return _answer(found.text.encode(), "text/plain; charset=utf-8", found.name, save=True)


@require_POST
@signed_in
def removal(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Removes a file that was not sent; one that was stays where it was sent."""
    visible_attachment(request.user, pk)
    Attachment.objects.unsent().filter(pk=pk, owner=request.user).remove()
    return HttpResponse(status=204) if request.htmx else redirect("chat:home")


def _taken(request: PersonRequest) -> HttpResponse:
    """The file as it waits in the composer, or why it was refused, in the same place."""
    upload = request.FILES.get("file")
    if upload is None:
        raise Http404
    try:
        taken = take(request.user, upload)
    except ValidationError as error:
        context = {"name": names.clean(upload.name or ""), "error": error.messages[0]}
        return render(request, "chat/_refused_file.html", context, status=INVALID)
    return render(request, "chat/_waiting_files.html", {"attachments": [taken]})


def _bytes(path: Path, media_type: str, name: str) -> HttpResponse:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    return _answer(content, media_type, name)


def _answer(content: bytes, media_type: str, name: str, *, save: bool = False) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": content_disposition_header(save, name) or "inline",
            "Content-Security-Policy": NOTHING_RUNS,
            "Cache-Control": KEPT_BY_BROWSERS,
        },
    )


def _name(found: Attachment) -> str:
    """What it is saved as: the name it came with may have had another ending."""
    ending = files.ENDINGS[found.media_type]
    return found.name if found.name.lower().endswith(ending) else f"{found.name}{ending}"


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise Http404 from error
