"""The form that makes a model, and where it is filled from."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import PersonRequest
from inference.models import Model
from models_admin.access import manager_required
from models_admin.creating import filling
from models_admin.creating.forms import CreateForm, typed_of
from models_admin.creating.making import make
from models_admin.creating.page import INVALID, form_part, page
from models_admin.creating.sources import Sources
from models_admin.creating.turns import Turn, next_role, turns_of
from models_admin.models import CreateRequest, Draft, Typed


@require_http_methods(["GET", "POST"])
@manager_required
def create(request: PersonRequest) -> HttpResponse:
    """GET: the form, fresh or filled. POST: makes the model, and leads to the job that does.

    `?source=` is made from this model, `?edit=` changes this one (`&server=` says where, if it is
    on several), `?draft=` and `?request=` are what was typed or made before.
    """
    sources = Sources()
    if request.method == "GET":
        draft = _draft(request)
        typed = _filled(request, sources, draft)
        return page(request, CreateForm(typed=typed, sources=sources), draft)
    form = CreateForm(request.POST, sources=sources)
    if form.is_valid():
        try:
            job = make(request.user, form)
        except ValidationError as error:
            form.add_error("name", error)
        else:
            there = reverse("models_admin:job", args=[job.pk])
            return HttpResponseClientRedirect(there) if request.htmx else redirect(there)
    show = form_part if request.htmx else page
    return show(request, form, status=INVALID)


@require_POST
@manager_required
def form(request: PersonRequest) -> HttpResponse:
    """The form with another row for an example, one less, or for another source; not checked."""
    typed = typed_of(request.POST)
    turns = turns_of(typed)
    if "add" in request.POST:
        turns.append(Turn(next_role(turns), "", is_new=True))
    removed = request.POST.get("remove", "")
    if removed.isdecimal() and int(removed) < len(turns):
        del turns[int(removed)]
    fresh = CreateForm(typed=typed, sources=Sources())
    fresh.turns = turns
    show = form_part if request.htmx else page
    return show(request, fresh)


@require_POST
@manager_required
def drafts(request: PersonRequest) -> HttpResponse:
    """Keeps the settings of a chat as a draft, and opens the form with it."""
    typed = filling.of_settings(typed_of(request.POST), Sources())
    draft = Draft.objects.keep(request.user, typed)
    there = f"{reverse('models_admin:create')}?draft={draft.pk}"
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)


def _draft(request: PersonRequest) -> Draft | None:
    if "draft" not in request.GET:
        return None
    return get_object_or_404(Draft.objects.visible_to(request.user), pk=_id(request, "draft"))


def _filled(request: PersonRequest, sources: Sources, draft: Draft | None) -> Typed:
    if draft is not None:
        typed: Typed = draft.typed
        return typed
    if "request" in request.GET:
        earlier = get_object_or_404(CreateRequest, pk=_id(request, "request"))
        return filling.of_request(earlier)
    if name := request.GET.get("edit"):
        there = Model.objects.filter(name=name, present=True, server__enabled=True)
        if "server" in request.GET:
            there = there.filter(server=_id(request, "server"))
        model = there.select_related("server").order_by("server__error", "server__name").first()
        if model is None:
            raise Http404
        return filling.of_model(model, sources)
    return {"source": [request.GET["source"]]} if "source" in request.GET else {}


def _id(request: PersonRequest, name: str) -> UUID:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError as error:
        raise Http404 from error
