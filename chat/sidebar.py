"""The list of conversations beside every page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import PersonRequest, open_page
from chat.models import Conversation, Folder
from chat.models.lists import ConversationQuerySet
from chat.organising.listing import in_order

# Conversations that a page lists at first, by how many more at a time, and at most.
FEW = 50
MOST = 1000
# Pinned ones, and those of the folder that is open: all others are a page away.
MOST_PINNED = 50
FEW_IN_FOLDER = 20


@dataclass(frozen=True)
class Days:
    """Conversations that were last used in the same days."""

    name: str
    title: str
    conversations: list[Conversation]


@dataclass(frozen=True)
class FolderRow:
    """A folder; `conversations` are the newest in it if it is the one that is open."""

    folder: Folder
    conversations: list[Conversation]
    has_more: bool


@dataclass(frozen=True)
class ConversationList:
    """The newest conversations by day; `more` is how many to ask for to see older ones."""

    days: list[Days]
    pinned: list[Conversation]
    folders: list[FolderRow]
    current: UUID | None
    current_folder: UUID | None
    more: int | None

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.pinned or self.folders)


def of(request: PersonRequest) -> ConversationList:
    """The person's list; `?count=` says how long it is on the page already."""
    try:
        count = min(max(int(request.GET.get("count", FEW)), FEW), MOST)
    except ValueError:
        count = FEW
    listed = Conversation.objects.listed_for(request.user).defer("settings")
    mine = listed.select_related("latest_run")
    newest = list(mine.in_the_open().newest_first()[: count + 1])
    current = _current(request, "chat:conversation")
    folders = in_order(Folder.objects.of(request.user))
    return ConversationList(
        days=list(_by_days(newest[:count])),
        pinned=list(mine.pinned()[:MOST_PINNED]),
        folders=_rows(folders, mine.unarchived(), current),
        current=current,
        current_folder=_current(request, "chat:folder"),
        more=count + FEW if len(newest) > count and count < MOST else None,
    )


def _rows(
    folders: list[Folder], mine: ConversationQuerySet, current: UUID | None
) -> list[FolderRow]:
    """The folders, with what is in the one of the conversation that is shown."""
    inside: list[Conversation] = []
    if folders and current:
        its_own = Conversation.objects.filter(pk=current).values("folder")
        inside = list(mine.filter(folder__in=its_own).newest_first()[: FEW_IN_FOLDER + 1])
    is_open = inside[0].folder_id if inside else None
    return [
        FolderRow(each, inside[:FEW_IN_FOLDER], len(inside) > FEW_IN_FOLDER)
        if each.pk == is_open
        else FolderRow(each, [], has_more=False)
        for each in folders
    ]


def _by_days(newest: list[Conversation]) -> Iterator[Days]:
    today = timezone.localdate()
    spans = (
        ("today", _("Today"), today),
        ("yesterday", _("Yesterday"), today - timedelta(days=1)),
        ("week", _("Last 7 days"), today - timedelta(days=7)),
        ("month", _("Last 30 days"), today - timedelta(days=30)),
        ("older", _("Older"), date.min),
    )

    def span(conversation: Conversation) -> tuple[str, str, date]:
        day = timezone.localdate(conversation.updated_at)
        return next(each for each in spans if day >= each[2])

    for (name, title, _since), conversations in groupby(newest, span):
        yield Days(name, title, list(conversations))


def _current(request: PersonRequest, name: str) -> UUID | None:
    """The conversation (or what `name` says) of the page that asks, or that is being made."""
    path = (request.htmx and open_page(request)) or request.path
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return None
    pk = match.kwargs.get("pk")
    return pk if match.view_name == name and isinstance(pk, UUID) else None
