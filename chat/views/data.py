"""What a person takes along or brings in: exports and imports."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest, signed_in
from chat.exporting import archive, reading, record
from chat.exporting import jobs as exports
from chat.exporting.inlined import Text
from chat.importing import files
from chat.importing import jobs as imports
from chat.importing.reading import LARGEST_FILE, PROGRAMS
from chat.importing.shown import ShownImport
from chat.pages import INVALID
from chat.views.conversations import visible
from inference.models import Job

LISTED = timedelta(days=7)
TOO_LARGE = 413  # as for what is refused before it is read
FORMS = ("md", "json", "html", "print")


@dataclass(frozen=True)
class Made:
    """An archive, or what came of making it."""

    job: Job

    @property
    def is_there(self) -> bool:
        return self.job.state == Job.State.DONE and archive.path_of(self.job.pk).exists()


@require_GET
@signed_in
def data(request: PersonRequest) -> HttpResponse:
    """The page; what is being made or read is asked for again while it is open."""
    return _page(request)


@require_POST
@signed_in
def start_export(request: PersonRequest) -> HttpResponse:
    """Has an archive of everything made in the background."""
    exports.submit(request.user)
    return redirect("chat:data")


@require_GET
@signed_in
def archive_file(request: PersonRequest, pk: UUID) -> HttpResponseBase:
    """The archive, while it is kept."""
    job = get_object_or_404(_jobs(request, exports.KIND), pk=pk, state=Job.State.DONE)
    path = archive.path_of(job.pk)
    if not path.exists():
        raise Http404
    day = timezone.localdate(job.created_at).isoformat()
    return StreamingHttpResponse(
        archive.chunks(path),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="webchat-{day}.zip"',
            "Content-Length": str(path.stat().st_size),
        },
    )


@require_POST
@signed_in
def start_import(request: PersonRequest) -> HttpResponse:
    """Takes a file in, and has a worker look what is in it; nothing is stored yet."""
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile) or not upload.size:
        return _page(request, _("Choose a file first."))
    if upload.size > LARGEST_FILE:
        return _page(request, _too_large(), TOO_LARGE)
    try:
        kept = files.keep(upload)
    except OSError:
        why = _("The file could not be stored; the disk may be full. Tell who runs this chat.")
        return _page(request, why)
    job = imports.look(request.user, kept, (upload.name or "")[:100])
    return redirect("chat:import", job.pk)


@require_http_methods(["GET", "POST"])
@signed_in
def import_(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: what a file holds, or what came of it. POST: imports that."""
    job = get_object_or_404(_jobs(request, imports.LOOK, imports.KIND), pk=pk)
    if request.method == "POST":
        if job.kind != imports.LOOK or job.state != Job.State.DONE:
            raise Http404
        return redirect("chat:import", imports.submit(job).pk)
    template = "chat/exchange/_import.html" if request.htmx else "chat/exchange/import.html"
    return render(request, template, {"shown": ShownImport(job)})


@require_GET
@signed_in
def export(request: PersonRequest, pk: UUID, form: str) -> HttpResponseBase:
    """One conversation as a file ("md", "json", "html"), or as a page to be printed ("print")."""
    found = visible(request.user, pk)
    if form not in FORMS:
        raise Http404
    if form == "print":
        context = {"conversation": found, "said": reading.said_in(found)}
        return render(request, "chat/exports/print.html", context)
    response: HttpResponseBase
    if form == "md":
        response = HttpResponse(reading.markdown(found), "text/markdown; charset=utf-8")
    elif form == "html":
        response = _written(reading.page(found), "text/html; charset=utf-8")
    else:
        response = _written(record.alone(found), "application/json")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{archive.download_name(found, form)}"'
    )
    return response


def _written(text: Text, content_type: str) -> HttpResponseBase:
    """The text, which streams if it has files."""
    if text.has_files:
        return StreamingHttpResponse(text.sent(), content_type=content_type)
    return HttpResponse(b"".join(text.chunks()), content_type)


def _jobs(request: PersonRequest, *kinds: str) -> "QuerySet[Job]":
    return Job.objects.filter(person=request.user, kind__in=kinds)


def _too_large() -> str:
    most = {"most": LARGEST_FILE // 1_000_000}
    return _("This file is larger than %(most)s MB. Split the export.") % most


def _page(request: PersonRequest, error: str = "", status: int = INVALID) -> HttpResponse:
    since = timezone.now() - LISTED
    lately = _jobs(request, exports.KIND).filter(created_at__gt=since).order_by("-created_at")
    made = [Made(job) for job in lately[:5]]
    context = {
        "exports": made,
        "is_exporting": any(each.job.state in Job.OPEN for each in made),
        "programs": ", ".join(PROGRAMS.values()),
        "most": LARGEST_FILE // 1_000_000,
        "largest": LARGEST_FILE,
        "too_large": _too_large(),
        "error": error,
    }
    template = "chat/exchange/_exports.html" if request.htmx else "chat/exchange/data.html"
    return render(request, template, context, status=status if error else 200)
