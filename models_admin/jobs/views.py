"""The pages of jobs: what runs, waits and has ended, and one with its log."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest
from inference import catalogue
from inference.models import Job, Model
from models_admin.access import manager_required
from models_admin.jobs import retrying
from models_admin.jobs.forms import PullForm
from models_admin.jobs.listing import listing, on_models
from models_admin.jobs.shown import Shown
from models_admin.jobs.starting import start_pull, start_update

INVALID = 422
TOO_LATE = 409


@require_GET
@manager_required
def jobs(request: PersonRequest) -> HttpResponse:
    """All jobs on models, and a form to pull one; to htmx only the jobs."""
    if request.htmx:
        return render(request, "models_admin/jobs/_listing.html", {"listing": listing()})
    return _page(request, PullForm(initial={"name": request.GET.get("name", "")[:700]}))


@require_GET
@manager_required
def job(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One job with its layers and its log; to htmx without the page around it."""
    found = Shown(get_object_or_404(on_models(), pk=pk))
    part = "models_admin/jobs/_details.html"
    template = part if request.htmx else "models_admin/jobs/job.html"
    return render(request, template, {"shown": found})


@require_GET
@manager_required
def badge(request: PersonRequest) -> HttpResponse:
    """How many jobs run, for the navigation of every page."""
    return render(request, "models_admin/jobs/_badge.html")


@require_POST
@manager_required
def pulls(request: PersonRequest) -> HttpResponse:
    """Pulls a model."""
    form = PullForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            start_pull(request.user, asked["server"], asked["name"])
        except ValidationError as error:
            form.add_error("name", error)
        else:
            return _jobs()
    return _page(request, form, status=INVALID)


@require_POST
@manager_required
def updates(request: PersonRequest) -> HttpResponse:
    """Pulls every model again, of all servers."""
    there = Model.objects.runnable().select_related("server")
    begun = 0
    for model in there.order_by("name", "server__name"):
        try:
            start_update(request.user, model.server, model.name)
        except ValidationError:  # of a registry that is not on the list any more
            continue
        begun += 1
    if begun:
        return _jobs()
    return _page(request, PullForm(), said=_("There is no model to update."), status=TOO_LATE)


@require_POST
@manager_required
def cancellation(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Cancels a job; the parts of a pull stay."""
    found = get_object_or_404(on_models(), pk=pk)
    if not found.request_cancel():
        return _refused(request, _("It had already ended."))
    if found.state == Job.State.QUEUED and found.server_id is not None:
        catalogue.submit_soon(found.server_id)  # what it had hidden is offered again
    return _done(request)


@require_POST
@manager_required
def retries(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Does again what failed or was cancelled, or at once what waits for its next attempt."""
    found = get_object_or_404(on_models(), pk=pk)
    try:
        retrying.retry(found, request.user)
    except ValidationError as error:
        return _refused(request, " ".join(error.messages))
    return _done(request)


def _page(
    request: PersonRequest, form: PullForm, *, said: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "listing": listing(), "said": said}
    return render(request, "models_admin/jobs/jobs.html", context, status=status)


def _jobs() -> HttpResponse:
    return redirect("models_admin:jobs")


def _done(request: PersonRequest) -> HttpResponse:
    """The socket shows what changed; a browser without JavaScript goes to the list."""
    return HttpResponse(status=204) if request.htmx else _jobs()


def _refused(request: PersonRequest, why: str) -> HttpResponse:
    if request.htmx:
        return render(request, "chat/_toasts.html", {"toast": why}, status=TOO_LATE)
    return _page(request, PullForm(), said=why, status=TOO_LATE)
