"""Where one conversation stands: pinned, archived, in a folder, with tags, temporary."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import PersonRequest, signed_in
from chat.models import Conversation, Folder, FolderRefused, Tag
from chat.models.lifespan import CLOSED
from chat.organising import Chosen
from chat.organising.forms import PlaceForm, TagsForm
from chat.organising.listing import in_order
from chat.pages import INVALID, toast_part
from chat.views.conversations import visible
from chat.views.listings import said


@require_POST
@signed_in
def pin(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Keeps it on top of the list, or no longer: `pinned` is 1 or 0."""
    found, chosen = _one(request, pk)
    (chosen.pin if request.POST.get("pinned") == "1" else chosen.unpin)()
    return _done(request, found)


@require_POST
@signed_in
def archive(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Archives it, or takes it out again: `archived` is 1 or 0."""
    found, chosen = _one(request, pk)
    is_wanted = request.POST.get("archived") == "1"
    count = (chosen.archive if is_wanted else chosen.bring_back)()
    done = said("archive" if is_wanted else "bring-back", count)
    return toast_part(request, done, 200) if request.htmx else redirect(found)


@require_http_methods(["GET", "POST"])
@signed_in
def folder(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: "Move to…", a dialog or a page. POST: moves it, as PlaceForm says."""
    found, chosen = _one(request, pk)
    if request.method == "GET":
        return _folder_form(request, found, PlaceForm(person=request.user))
    form = PlaceForm(request.POST, person=request.user)
    error = "" if form.is_valid() else form.error
    if not error:
        try:
            chosen.move_to(form.target())
        except FolderRefused as refused:
            error = str(refused)
    if error and "dragged" in request.POST:
        return toast_part(request, error, INVALID)
    return _folder_form(request, found, form, error) if error else _done(request, found)


@require_http_methods(["GET", "POST"])
@signed_in
def tags(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: its tags, a dialog or a page. POST: makes those of TagsForm all that it has."""
    found, chosen = _one(request, pk)
    if request.method == "GET":
        return _tags_form(request, found, {tag.pk for tag in found.tags.all()})
    form = TagsForm(request.POST, person=request.user)
    if not form.is_valid():
        ticked = {tag.pk for tag in form.cleaned_data.get("tag", ())}
        return _tags_form(request, found, ticked, form.error)
    chosen.tag_only(form.cleaned_data["all"])
    return _done(request, found)


@require_POST
@signed_in
def keeping(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Makes a conversation like any other of a temporary one."""
    found = visible(request.user, pk)
    found.keep()
    return redirect(found)


@require_POST
@signed_in
def presence(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A page that shows a temporary one is open, or says with `closed` that it was left."""
    mine = Conversation.objects.visible_to(request.user).filter(is_temporary=True)
    found = get_object_or_404(mine.only("pk", "is_temporary"), pk=pk)
    if "closed" in request.POST:
        found.stay(CLOSED)
    else:
        found.stay()
    return HttpResponse(status=204)


def _one(request: PersonRequest, pk: UUID) -> tuple[Conversation, Chosen]:
    found = visible(request.user, pk)
    if found.is_temporary:  # it stands nowhere
        raise Http404
    return found, Chosen(request.user, [pk])


def _done(request: PersonRequest, found: Conversation) -> HttpResponse:
    """Open pages hear of it over the socket; a dialog closes as its place is emptied."""
    return HttpResponse() if request.htmx else redirect(found)


def _folder_form(
    request: PersonRequest, found: Conversation, form: PlaceForm, error: str = ""
) -> HttpResponse:
    context = {
        "conversation": found,
        "folders": in_order(Folder.objects.of(request.user)),
        "form": form,
        "error": error,
        "part": "chat/_move.html",
    }
    return _form(request, context)


def _tags_form(
    request: PersonRequest, found: Conversation, ticked: set[UUID], error: str = ""
) -> HttpResponse:
    context = {
        "conversation": found,
        "tags": Tag.objects.of(request.user),
        "ticked": ticked,
        "names": request.POST.get("names", ""),
        "error": error,
        "part": "chat/_tags.html",
    }
    return _form(request, context)


def _form(request: PersonRequest, context: dict[str, object]) -> HttpResponse:
    template = "chat/_organise_dialog.html" if request.htmx else "chat/organise.html"
    return render(request, template, context, status=INVALID if context["error"] else 200)
