"""The list of conversations, and one of them as a whole."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from django.db.models import UUIDField
from django.forms import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import PersonRequest, signed_in
from accounts.models import Person
from accounts.prepared import Prepared
from chat import erasing, sidebar, thread
from chat.attachments.posting import gone
from chat.forms import TitleForm, chosen
from chat.models import AttachmentGone, Conversation, Message
from chat.pages import INVALID, Composer, composer_part, conversation_page, parts, refuse
from chat.text import clean

# How long the page that follows a deletion offers to undo it.
UNDO = timedelta(seconds=60)

P = ParamSpec("P")

_visible = Prepared(
    lambda person, pk: (
        Conversation.objects.visible_to(person).select_related("latest_run").filter(pk=pk)
    ),
    person=UUIDField(),
    pk=UUIDField(),
)


def visible(person: Person, pk: UUID) -> Conversation:
    """The conversation, or 404."""
    found = _visible.first(person=person.pk, pk=pk)
    if found is None:
        raise Http404
    return found


def still_there(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """404 where another tab deleted what the view had found, before the view could change it."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except Conversation.DoesNotExist as error:
            raise Http404 from error

    return guarded


@require_GET
@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """A fresh page. `?text=` fills the composer; `?deleted=` offers to undo that deletion.

    `?temporary=1` begins a conversation that is never listed. `?model=` chooses that model; a
    page that is open already gets what it says of it.
    """
    composer = Composer(
        request.user,
        text=request.GET.get("text", "")[:10_000],
        is_temporary="temporary" in request.GET,
        wanted=clean(request.GET.get("model", "")),
    )
    if request.htmx and "model" in request.GET:
        names = ["chat/_in_force_part.html", "chat/_gauge_part.html"]
        if not composer.is_temporary:
            names.append("chat/_who_answers_part.html")
        return parts(request, *names, composer=composer)
    return conversation_page(request, composer, undo=_undoable(request))


@require_http_methods(["GET", "POST"])
@signed_in
def collection(request: PersonRequest) -> HttpResponse:
    """GET: the list, for a page that has it already. POST: a question that begins one."""
    if request.method == "GET":
        if not request.htmx:
            return redirect("chat:home")
        return parts(request, "chat/_list.html", list=sidebar.of(request))
    composer = Composer(request.user, is_temporary="temporary" in request.GET)
    form = composer.form(request)
    show = composer_part if request.htmx else conversation_page
    if not form.is_valid():
        composer.refuse(request, form.error)
        return show(request, composer, status=INVALID)
    asked = form.cleaned_data
    try:
        conversation = Conversation.start(
            request.user,
            asked["text"],
            asked["model"],
            asked["key"],
            think=composer.think_sent(request, asked["model"]),
            attachments=asked["attachments"],
            also=asked["also"],
            is_temporary=composer.is_temporary,
        )
    except AttachmentGone:
        composer.refuse(request, gone())
        return show(request, composer, status=INVALID)
    there = conversation.get_absolute_url()
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)


@require_GET
@signed_in
def conversation(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One conversation; `?at=` shows it from a message on.

    `?before=` shows an older part of it to a browser without JavaScript.
    """
    found = visible(request.user, pk)
    found.mark_seen()
    if found.is_temporary:
        found.stay()
    shown = None
    if at := request.GET.get("at"):
        try:
            shown = thread.opened_at(found, UUID(at))
        except ValueError:
            return redirect(found)
    if before := request.GET.get("before"):
        try:
            shown = thread.older(found, UUID(before))
        except (ValueError, Message.DoesNotExist):
            return redirect(found)
    composer = Composer(request.user, found, text=request.GET.get("text", "")[:10_000])
    return conversation_page(request, composer, shown=shown)


@require_POST
@signed_in
def model(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Chooses the model that answers from now on."""
    found = visible(request.user, pk)
    composer = Composer(request.user, found)
    try:
        found.choose_model(chosen(composer.models, request.POST.get("model")))
    except ValidationError as error:
        return refuse(request, found, error.messages[0], INVALID)
    if not request.htmx:
        return redirect(found)
    names = ("chat/_in_force_part.html", "chat/_gauge_part.html")
    return parts(request, *names, composer=Composer(request.user, found))


@require_POST
@signed_in
def title(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Renames it; open pages hear of it over the socket."""
    found = visible(request.user, pk)
    form = TitleForm(request.POST)
    if not form.is_valid():
        return refuse(request, found, form.error, INVALID)
    found.rename(form.cleaned_data["title"])
    return HttpResponse(status=204) if request.htmx else redirect(found)


@require_POST
@signed_in
def deletion(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Hides it, stops its run, and goes to a page that offers to undo that.

    A temporary one is erased at once.
    """
    found = visible(request.user, pk)
    found.mark_deleted()
    if found.is_temporary:
        erasing.submit_soon()
    there = f"/?deleted={found.pk}"
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)


@require_POST
@signed_in
def restoration(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Undoes a deletion."""
    found = get_object_or_404(Conversation.objects.filter(owner=request.user), pk=pk)
    if not found.restore() and found.deleted_at:  # it is too late
        raise Http404
    there = found.get_absolute_url()
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)


def _undoable(request: PersonRequest) -> Conversation | None:
    try:
        pk = UUID(request.GET.get("deleted", ""))
    except ValueError:
        return None
    lately = timezone.now() - UNDO
    mine = Conversation.objects.deleted_by(request.user)
    return mine.filter(pk=pk, deleted_at__gt=lately).first()
