"""Files for models: begun with a form, brought piece by piece, then made into a model."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest
from models_admin.access import manager_required
from models_admin.creating.making import make
from models_admin.jobs import figures
from models_admin.models import Upload, UploadFile
from models_admin.uploads import receiving, sending
from models_admin.uploads.beginning import begin
from models_admin.uploads.forms import UploadForm
from models_admin.uploads.receiving import LARGEST_PIECE, CutOff, NoRoom, WrongOffset

INVALID = 422
NO_ROOM = 507


@require_http_methods(["GET", "POST"])
@manager_required
def uploads(request: PersonRequest) -> HttpResponse:
    """GET: the form, and uploads that wait to be gone on with. POST: begins one.

    The page sends the list of files in the field `listed`, and no files; a browser without
    JavaScript sends none, and is told.
    """
    if request.method == "GET":
        return _page(request, UploadForm())
    form = UploadForm(request.POST)
    if form.is_valid():
        try:
            return redirect("models_admin:upload", begin(request.user, form).pk)
        except ValidationError as error:
            form.add_error("listed", error)
    return _page(request, form, status=INVALID)


@require_GET
@manager_required
def upload(request: PersonRequest, pk: UUID) -> HttpResponse:
    """How far an upload is; its files can be picked again there."""
    found = _visible(request, pk)
    if found.job is not None:
        return redirect("models_admin:job", found.job.pk)
    return _show(request, found)


@require_http_methods(["PATCH"])
@manager_required
def piece(request: PersonRequest, pk: UUID, file: UUID) -> HttpResponse:
    """Takes the piece in the body, which begins at the byte that Upload-Offset says.

    Answers {"offset": where to go on, "whole": whether that is all}; 409 with the offset for a
    piece that does not follow, 422 and 507 with an "error" in words.
    """
    found = _visible(request, pk)
    here = get_object_or_404(UploadFile, upload=found, pk=file)
    offset, length = _number(request, "Upload-Offset"), _number(request, "Content-Length")
    if offset is None or not length:
        return _refused(_("This is no piece of a file."), 400)
    if length > LARGEST_PIECE:
        return _refused(_("This piece is too large."), 413)
    if found.job is not None:
        return _refused(_("A model is being made of these files already."), 409)
    try:
        receiving.receive(here, offset, length, request)
    except WrongOffset as error:
        return JsonResponse({"offset": error.offset}, status=409)
    except CutOff:
        return _refused(_("The piece broke off."), 400)
    except NoRoom:
        words = _("The disk of Webchat is full. What came stays; go on when there is room.")
        return _refused(words, NO_ROOM)
    except ValidationError as error:
        return _refused(" ".join(error.messages), INVALID)
    return JsonResponse({"offset": here.received, "whole": here.is_whole})


@require_POST
@manager_required
def creation(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Begins the job that makes the model, once all files are here."""
    found = _visible(request, pk)
    if found.job is not None:
        return redirect("models_admin:job", found.job.pk)
    if not found.is_whole:
        return _show(request, found, _("Not all of the files are here yet."))
    if "name" in request.POST:  # asked for after the first one was refused
        found.rename(request.POST["name"], replace="replace" in request.POST)
    form = UploadForm(upload=found)
    if not form.is_valid():  # it was, when the upload began
        return _show(request, found, " ".join(_errors(form)))
    try:
        job = make(request.user, form, found)
    except ValidationError as error:
        return _show(request, found, " ".join(error.messages))
    Upload.objects.filter(pk=found.pk).update(job=job)
    return redirect("models_admin:job", job.pk)


@require_POST
@manager_required
def removal(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Gives an upload up, and removes what came of it."""
    found = _visible(request, pk)
    if found.job is None:  # else its job is cancelled on the job's page
        sending.remove(found.pk)
    return redirect("models_admin:uploads")


def _visible(request: PersonRequest, pk: UUID) -> Upload:
    mine = Upload.objects.visible_to(request.user).select_related("server", "job")
    return get_object_or_404(mine.prefetch_related("files"), pk=pk)


def _page(request: PersonRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    waiting = Upload.objects.visible_to(request.user).unfinished().select_related("server")
    context = {
        "form": form,
        "waiting": waiting.prefetch_related("files"),
        "figures": figures.patterns(),
    }
    return render(request, "models_admin/uploads/uploads.html", context, status=status)


def _show(request: PersonRequest, found: Upload, error: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "upload": found,
        "error": error,
        "piece": LARGEST_PIECE,
        "figures": figures.patterns(),
    }
    status = INVALID if error else 200
    return render(request, "models_admin/uploads/upload.html", context, status=status)


def _errors(form: UploadForm) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


def _number(request: HttpRequest, header: str) -> int | None:
    """A header that is a number of bytes; None for anything else."""
    text = request.headers.get(header, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def _refused(words: str, status: int) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
