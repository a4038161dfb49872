"""Trials: asking a draft, and showing what it answers."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest
from inference.ollama.lines import clean_text
from models_admin.access import manager_required
from models_admin.creating import trials
from models_admin.creating.forms import CreateForm, typed_of
from models_admin.creating.page import INVALID, context_of, page, parts
from models_admin.creating.sources import Sources
from models_admin.creating.trials import Shown
from models_admin.models import Draft, TrialAnswer

LONGEST_QUESTION = 20_000  # characters
TRIAL, FORM = "models_admin/_trial_part.html", "models_admin/_create_form_part.html"


@require_POST
@manager_required
def collection(request: PersonRequest) -> HttpResponse:
    """Asks the draft that the form holds; the answers come over the socket."""
    form = CreateForm(request.POST, sources=Sources())
    question = clean_text(request.POST.get("question", "").replace("\r\n", "\n")).strip()
    error = ""
    if not question:
        error = _("Write first what you want to ask.")
    elif len(question) > LONGEST_QUESTION:
        error = _("A question to a draft has at most %(most)s characters.") % {
            "most": LONGEST_QUESTION
        }
    if not form.can_be_tried() or error:
        error = error or _("Mend what is marked in the form, then try again.")
        return _refused(request, form, question, error)
    compare = "compare" in request.POST
    draft = trials.begin(request.user, form, typed_of(request.POST), question, compare=compare)
    if not request.htmx:
        return redirect(_place(draft))
    # What was marked before is not any more.
    names = (TRIAL, FORM) if "marked" in request.POST else (TRIAL,)
    return parts(request, *names, **context_of(form, draft))


@require_GET
@manager_required
def answer(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One answer as it stands now."""
    found = _visible(request, pk)
    if not request.htmx:
        return redirect(_place(found.draft))
    return render(request, "models_admin/_trial_answer.html", {"shown": Shown(found)})


@require_POST
@manager_required
def cancellation(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Stops an answer, or takes it out of the line."""
    found = _visible(request, pk)
    if found.run:
        found.run.request_stop()
    return HttpResponse(status=204) if request.htmx else redirect(_place(found.draft))


def _refused(request: PersonRequest, form: CreateForm, question: str, error: str) -> HttpResponse:
    if not request.htmx:
        return page(request, form, question=question, error=error, status=INVALID)
    context = context_of(form, question=question, error=error)
    return parts(request, TRIAL, FORM, status=INVALID, **context)


def _visible(request: PersonRequest, pk: UUID) -> TrialAnswer:
    mine = TrialAnswer.objects.visible_to(request.user).select_related("run", "draft")
    return get_object_or_404(mine, pk=pk)


def _place(draft: Draft) -> str:
    return f"{reverse('models_admin:create')}?draft={draft.pk}#trial"
