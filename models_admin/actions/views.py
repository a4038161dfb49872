"""Dialogs for what can be done with one model or many; without JavaScript they are pages.

GET shows what will happen and whom it touches, POST starts it.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest
from inference import model_uses
from inference.models import Run
from models_admin import names
from models_admin.access import manager_required
from models_admin.actions import forms
from models_admin.actions.access import AccessForm
from models_admin.actions.forms import ActionForm
from models_admin.board import rows
from models_admin.board.rows import Copy, Row

INVALID = 422
MOST_CHOSEN = 100


@require_http_methods(["GET", "POST"])
@manager_required
def loads(request: PersonRequest) -> HttpResponse:
    """Brings models into memory and says which others Ollama may drop for them."""
    return _action(request, forms.LoadForm)


@require_http_methods(["GET", "POST"])
@manager_required
def unloads(request: PersonRequest) -> HttpResponse:
    """Takes models out of memory."""
    return _action(request, forms.UnloadForm)


@require_http_methods(["GET", "POST"])
@manager_required
def renewals(request: PersonRequest) -> HttpResponse:
    """Pulls models again, if their registry has newer ones."""
    return _action(request, forms.UpdateForm)


@require_http_methods(["GET", "POST"])
@manager_required
def copies(request: PersonRequest) -> HttpResponse:
    """Gives a model a second name."""
    return _action(request, forms.CopyForm)


@require_http_methods(["GET", "POST"])
@manager_required
def renames(request: PersonRequest) -> HttpResponse:
    """Gives a model another name."""
    return _action(request, forms.RenameForm)


@require_http_methods(["GET", "POST"])
@manager_required
def pushes(request: PersonRequest) -> HttpResponse:
    """Sends a model to its registry, after a warning about where that is."""
    return _action(request, forms.PushForm)


@require_http_methods(["GET", "POST"])
@manager_required
def deletions(request: PersonRequest) -> HttpResponse:
    """Removes models, after saying who uses them."""
    return _action(request, forms.DeleteForm)


@require_http_methods(["GET", "POST"])
@manager_required
def access(request: PersonRequest) -> HttpResponse:
    """Restricts models to groups, or opens them to everybody."""
    found = _chosen(request)
    if not found:
        return _nothing(request)
    form = AccessForm(request.POST if request.method == "POST" else None, rows=found)
    if form.is_valid():
        form.save(request.user)
        return _done(request, _("It holds from now on."), reverse("models_admin:board"))
    return _show(request, form)


def _action(request: PersonRequest, form_class: type[ActionForm]) -> HttpResponse:
    found = _chosen(request)
    if not found or (form_class.one_only and len({row.key for row in found}) > 1):
        return _nothing(request)
    form = form_class(request.POST if request.method == "POST" else None, rows=found)
    if form.is_valid() and (jobs := form.start(request.user)):
        words = ngettext("%(count)d job has begun.", "%(count)d jobs have begun.", len(jobs))
        return _done(request, words % {"count": len(jobs)}, reverse("models_admin:jobs"))
    return _show(request, form)


def _chosen(request: PersonRequest) -> list[Row]:
    asked = request.POST if request.method == "POST" else request.GET
    return rows.chosen(request.user, asked.getlist("model")[:MOST_CHOSEN])


def _show(request: PersonRequest, form: ActionForm | AccessForm) -> HttpResponse:
    context = {
        "form": form,
        "rows": form.rows,
        "action": request.path,
        **_consequences(request, form),
    }
    if not request.htmx:
        template = "models_admin/actions/page.html"
    elif request.method == "GET":
        template = "models_admin/actions/_dialog.html"
    else:
        template = "models_admin/actions/_form.html"
    return render(request, template, context, status=INVALID if form.errors else 200)


def _consequences(request: PersonRequest, form: ActionForm | AccessForm) -> dict[str, Any]:
    """Whom and what it touches, for the templates that say so."""
    match form:
        case forms.LoadForm():
            return {"neighbours": _neighbours(request, form)}
        case forms.DeleteForm():
            uses = [(name, model_uses.of(name)) for name in form.names]
            return {"uses": [each for each in uses if each[1]], "runs": _runs(form.names)}
        case forms.UnloadForm():
            return {"runs": _runs(form.names), "is_loaded": bool(form.copies())}
        case forms.PushForm():
            return _destination(form.rows[0].name)
        case _:
            return {}


def _runs(of: list[str]) -> int:
    return Run.objects.running().filter(model_name__in=of).count()


def _neighbours(request: PersonRequest, form: ActionForm) -> list[tuple[str, Copy]]:
    """The other models that are loaded where these may go, as name and place."""
    servers = forms.servers_of(form.copies())
    return [
        (row.name, copy)
        for row in rows.of(request.user)
        for copy in row.loaded
        if row.name not in form.names and copy.server_id in servers
    ]


def _destination(name: str) -> dict[str, Any]:
    parsed = names.parsed(name)
    return {"registry": names.registry_of(parsed), "namespace": parsed.namespace}


def _nothing(request: PersonRequest) -> HttpResponse:
    """None of the models is there, or none was chosen."""
    part = "models_admin/actions/_nothing.html"
    template = part if request.htmx else "models_admin/actions/nothing.html"
    return render(request, template, status=200 if request.method == "GET" else INVALID)


def _done(request: PersonRequest, words: str, there: str) -> HttpResponse:
    """Closes the dialog and says it shortly, or leads to where it can be seen."""
    if not request.htmx:
        return redirect(there)
    return render(request, "models_admin/actions/_done.html", {"words": words, "there": there})
