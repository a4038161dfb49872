"""Pages of conversations, and changes of many at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest, signed_in
from chat.models import Conversation, Folder, FolderRefused, RemovedFolder, Tag
from chat.models.lifespan import RESTORABLE
from chat.organising import Chosen, TooManyTags
from chat.organising.forms import PlaceForm, TagsForm, ids_in
from chat.organising.listing import Kind, page_of
from chat.pages import INVALID, parts
from chat.views.conversations import UNDO


@require_GET
@signed_in
def listed(request: PersonRequest) -> HttpResponse:
    """All that are not archived."""
    return _page(request, Kind.LISTED)


@require_GET
@signed_in
def archived(request: PersonRequest) -> HttpResponse:
    """The archive."""
    return _page(request, Kind.ARCHIVED)


@require_GET
@signed_in
def deleted(request: PersonRequest) -> HttpResponse:
    """What can be restored."""
    return _page(request, Kind.DELETED)


@require_GET
@signed_in
def folder(request: PersonRequest, pk: UUID) -> HttpResponse:
    """What is in a folder, archived or not."""
    found = get_object_or_404(Folder.objects.of(request.user).select_related("parent"), pk=pk)
    return _page(request, Kind.FOLDER, folder=found)


@require_GET
@signed_in
def tag(request: PersonRequest, pk: UUID) -> HttpResponse:
    """What has a tag, archived or not."""
    found = get_object_or_404(Tag.objects.of(request.user), pk=pk)
    return _page(request, Kind.TAG, tag=found)


@require_POST
@signed_in
def changes(request: PersonRequest) -> HttpResponse:
    """Does the `action` of the form with each `conversation` that it names; goes back to `next`.

    A button beside one of them names it in `only`. Erasing asks first, on a page of its own.
    """
    action, _colon, only = request.POST.get("action", "").partition(":")
    ids = ids_in([only] if only else request.POST.getlist("conversation"))
    if not ids:
        return _refuse(request, _("Choose conversations first."))
    if not Conversation.objects.filter(owner=request.user, pk__in=ids).exists():
        raise Http404
    chosen = Chosen(request.user, ids)
    if action == "erase" and "confirmed" not in request.POST:
        return _ask(request, ids)
    if action == "delete":
        now = timezone.now()
        return _done(request, action, chosen.delete(now), undo=now)
    if action in ("move", "tag", "untag"):
        return _place(request, action, chosen)
    verbs: dict[str, Callable[[], int]] = {
        "archive": chosen.archive,
        "bring-back": chosen.bring_back,
        "restore": chosen.restore,
        "erase": chosen.erase,
    }
    if action not in verbs:
        return _refuse(request, _("This page is out of date. Reload it."))
    return _done(request, action, verbs[action]())


@require_POST
@signed_in
def restorations(request: PersonRequest) -> HttpResponse:
    """Undoes a deletion of many, which `deleted_at` names."""
    gone = _deleted_at(request, request.POST.get("deleted_at", ""))
    if not gone:
        raise Http404
    return _done(request, "restore", Chosen(request.user, gone).restore())


@require_POST
@signed_in
def folder_restoration(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Undoes the removal of a folder."""
    there = Folder.objects.of(request.user).filter(pk=pk).first()
    if there is not None:  # the second of two clicks
        return redirect(there)
    removed = get_object_or_404(RemovedFolder.objects.of(request.user), folder=pk)
    try:
        return redirect(removed.bring_back())
    except FolderRefused as refused:
        return _refuse(request, str(refused))


def said(action: str, count: int) -> str:
    """What was done, in words; "" for an action that nobody knows."""
    words = {
        "archive": ngettext("%(n)d archived.", "%(n)d archived.", count),
        "bring-back": ngettext("%(n)d taken out.", "%(n)d taken out.", count),
        "move": ngettext("%(n)d moved.", "%(n)d moved.", count),
        "tag": ngettext("%(n)d tagged.", "%(n)d tagged.", count),
        "untag": ngettext("Tag taken off %(n)d.", "Tag taken off %(n)d.", count),
        "delete": ngettext("%(n)d conversation deleted.", "%(n)d conversations deleted.", count),
        "restore": ngettext("%(n)d restored.", "%(n)d restored.", count),
        "erase": ngettext("%(n)d erased for good.", "%(n)d erased for good.", count),
    }
    return words[action] % {"n": count} if action in words else ""


def _place(request: PersonRequest, action: str, chosen: Chosen) -> HttpResponse:
    if action == "move":
        place = PlaceForm(request.POST, person=request.user)
        if not place.is_valid():
            return _refuse(request, place.error)
        try:
            return _done(request, action, chosen.move_to(place.target()))
        except FolderRefused as refused:
            return _refuse(request, str(refused))
    tags = TagsForm(request.POST, person=request.user)
    if not tags.is_valid():
        return _refuse(request, tags.error)
    if not tags.cleaned_data["all"]:
        return _refuse(request, _("Write a tag first."))
    verb = chosen.tag if action == "tag" else chosen.untag
    try:
        return _done(request, action, verb(tags.cleaned_data["all"]))
    except TooManyTags as refused:
        return _refuse(request, str(refused))


def _ask(request: PersonRequest, ids: list[UUID]) -> HttpResponse:
    gone = Conversation.objects.deleted_by(request.user).filter(pk__in=ids)
    context = {"conversations": list(gone.order_by("-deleted_at"))}
    if not context["conversations"]:
        raise Http404
    return render(request, "chat/erasure.html", context)


def _done(
    request: PersonRequest, action: str, count: int, undo: datetime | None = None
) -> HttpResponse:
    query = {"done": action, "count": str(count)}
    if undo is not None and count:
        query["undo"] = undo.isoformat()
    return redirect(f"{_next(request)}?{urlencode(query)}")


def _next(request: PersonRequest) -> str:
    there = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(there, None) and there.startswith("/"):
        return there.partition("?")[0]
    return reverse("chat:listed")


def _refuse(request: PersonRequest, why: str) -> HttpResponse:
    """The page that it came from, where what was chosen and typed stands again."""
    kind, folder, tag = _origin(request)
    return _page(request, kind, folder=folder, tag=tag, refused=why)


def _origin(request: PersonRequest) -> tuple[Kind, Folder | None, Tag | None]:
    there = _next(request)
    if there == reverse("chat:archived"):
        return Kind.ARCHIVED, None, None
    if there == reverse("chat:deleted"):
        return Kind.DELETED, None, None
    found = Folder.objects.of(request.user).select_related("parent")
    for each in found:
        if each.get_absolute_url() == there:
            return Kind.FOLDER, each, None
    for tag in Tag.objects.of(request.user):
        if tag.get_absolute_url() == there:
            return Kind.TAG, None, tag
    return Kind.LISTED, None, None


def _page(
    request: PersonRequest,
    kind: Kind,
    *,
    folder: Folder | None = None,
    tag: Tag | None = None,
    refused: str = "",
) -> HttpResponse:
    chosen = {str(pk) for pk in ids_in(request.POST.getlist("conversation"))}
    context = {
        "listing": page_of(request, kind, folder=folder, tag=tag),
        "chosen": chosen,
        "names": request.POST.get("names", ""),
        "next": _next(request) if request.method == "POST" else request.path,
        "days": RESTORABLE.days,
        # Beside what was to be done with those chosen; where none is, that does not show.
        "refused": refused if chosen else "",
        "refused_tag": request.POST.get("action") in ("tag", "untag"),
        "toast": _said(request) if chosen else refused or _said(request),
        "undo_many": _undoable(request),
        "undo_folder": _removed(request),
    }
    if request.htmx:  # what an open page has fetched when it hears of a change
        return parts(request, "chat/_listing_rows.html", **context)
    return render(request, "chat/listing.html", context, status=INVALID if refused else 200)


def _said(request: PersonRequest) -> str:
    count = request.GET.get("count", "")
    if not (count.isascii() and count.isdigit() and len(count) < 6) or "undo" in request.GET:
        return ""
    return said(request.GET.get("done", ""), int(count))


def _undoable(request: PersonRequest) -> dict[str, str] | None:
    """The last deletion of many, while it is fresh."""
    given = request.GET.get("undo", "")
    moment = parse_datetime_or_none(given)
    if moment is None or moment < timezone.now() - UNDO:
        return None
    gone = _deleted_at(request, given)
    return {"at": given, "words": said("delete", len(gone))} if gone else None


def _removed(request: PersonRequest) -> RemovedFolder | None:
    """The folder that `?removed=` names, while its deletion can be undone."""
    given = ids_in([request.GET.get("removed", "")])
    return RemovedFolder.objects.of(request.user).filter(folder__in=given).first()


def _deleted_at(request: PersonRequest, given: str) -> list[UUID]:
    moment = parse_datetime_or_none(given)
    if moment is None:
        return []
    gone = Conversation.objects.deleted_by(request.user).filter(deleted_at=moment)
    return list(gone.values_list("pk", flat=True))


def parse_datetime_or_none(given: str) -> datetime | None:
    """A moment with its time zone, or None."""
    try:
        moment = parse_datetime(given)
        # Some are of no year in UTC, which no database could be asked for.
        return moment.astimezone(UTC) if moment and timezone.is_aware(moment) else None
    except (ValueError, OverflowError):
        return None
