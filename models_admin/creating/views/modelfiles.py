"""Modelfiles: read into the form, and written from it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import PersonRequest
from inference.ollama import modelfile as modelfiles
from inference.ollama.modelfile import BadModelfile, Modelfile, Unwritable
from models_admin.access import manager_required
from models_admin.creating import filling
from models_admin.creating.forms import CreateForm
from models_admin.creating.page import INVALID, page
from models_admin.creating.sources import Sources
from models_admin.models import Draft

LONGEST_FILE = 1_000_000  # bytes


@require_http_methods(["GET", "POST"])
@manager_required
def modelfile(request: PersonRequest) -> HttpResponse:
    """GET: where one is pasted or chosen. POST: reads it, and opens the form with what it says."""
    if request.method == "GET":
        return _ask(request, "")
    text, problem = _sent(request)
    if problem:
        return _ask(request, text, [(0, problem)])
    try:
        read = modelfiles.parse(text)
    except BadModelfile as error:
        problems = [(line, words.translated(_)) for line, words in error.problems.items()]
        return _ask(request, text, problems)
    if problems := _files(read):
        return _ask(request, text, problems)
    typed = filling.of_modelfile(read, request.POST.get("name", ""))
    draft = Draft.objects.keep(request.user, typed)
    return redirect(f"{reverse('models_admin:create')}?draft={draft.pk}")


@require_POST
@manager_required
def text(request: PersonRequest) -> HttpResponse:
    """The form as a Modelfile, to be kept elsewhere."""
    form = CreateForm(request.POST, sources=Sources())
    form.fields["name"].required = False
    if not form.can_be_written():
        return page(request, form, status=INVALID)
    given = form.cleaned_data
    written = Modelfile(
        sources=[given["source"]],
        template=given["template"],
        system=given["system"],
        parameters=form.parameters,
        messages=form.messages,
        licenses=[given["license"]] if given["license"] else [],
        renderer=given["rendered_by"],
        parser=given["parsed_by"],
        requires=given["requires"],
    )
    try:
        content = modelfiles.write(written)
    except Unwritable as error:
        words = _("No Modelfile can hold this text in %(instruction)s: its quotes end it too soon.")
        form.add_error(None, words % {"instruction": error.instruction})
        return page(request, form, status=INVALID)
    # A name that was checked holds nothing that a header would have to quote.
    name = (given.get("name") or "model").rpartition("/")[2].replace(":", "-")
    return HttpResponse(
        content,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.Modelfile"'},
    )


def _sent(request: PersonRequest) -> tuple[str, str]:
    """The text, and what is wrong with it as a file."""
    pasted = request.POST.get("text", "")
    upload = request.FILES.get("file")
    if upload is None:
        return pasted, "" if pasted.strip() else _("Paste a Modelfile, or choose a file.")
    if (upload.size or 0) > LONGEST_FILE:
        return pasted, _("A Modelfile is a short text; this file is too large for one.")
    try:
        return upload.read().decode(), ""
    except UnicodeDecodeError:
        return pasted, _("This file is no text in UTF-8.")


def _files(read: Modelfile) -> list[tuple[int, str]]:
    """What it names that lies on a disk, and so cannot be read from here."""
    return [
        (0, _("%(path)s is a file, which a Modelfile cannot bring along.") % {"path": path})
        for path in (*read.files, *read.adapters, *read.drafts)
    ]


def _ask(
    request: PersonRequest, text: str, problems: list[tuple[int, str]] | None = None
) -> HttpResponse:
    context = {"text": text, "problems": problems}
    status = INVALID if problems else 200
    return render(request, "models_admin/modelfile.html", context, status=status)
