"""Pages of conversations: all, archived, deleted, of a folder, with a tag."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.access import PersonRequest
from accounts.models import Person
from chat.models import Conversation, Folder, Tag
from chat.models.lists import ConversationQuerySet

# Conversations on a page, and how far pages go.
SIZE = 50
MOST_PAGES = 1000
# Folders and tags that stand above a list: more are folded away, as they would fill a phone.
FEW = 16


class Kind(StrEnum):
    """What is listed."""

    LISTED = "listed"
    ARCHIVED = "archived"
    DELETED = "deleted"
    FOLDER = "folder"
    TAG = "tag"


@dataclass(frozen=True)
class Listing:
    """One page of such a list; `earlier` and `later` are the numbers of the pages beside it."""

    kind: Kind
    title: str
    conversations: list[Conversation]
    folders: list[Folder]
    tags: list[Tag]
    folder: Folder | None
    tag: Tag | None
    number: int
    earlier: int | None
    later: int | None

    @property
    def is_deleted(self) -> bool:
        return self.kind == Kind.DELETED

    @property
    def is_archived(self) -> bool:
        return self.kind == Kind.ARCHIVED

    @property
    def narrows_much(self) -> bool:
        """Whether it has more folders and tags than stand above it unfolded."""
        return len(self.folders) + len(self.tags) > FEW

    @property
    def parents(self) -> list[Folder]:
        """Folders that another one can stand in."""
        return [each for each in self.folders if each.parent_id is None]


def page_of(
    request: PersonRequest, kind: Kind, *, folder: Folder | None = None, tag: Tag | None = None
) -> Listing:
    """The page of the list that `?page=` says, 1 if it says none."""
    number = _number(request.GET.get("page", ""))
    found = _conversations(request.user, kind, folder, tag)
    tags = Prefetch("tags", Tag.objects.order_by("name", "pk"))
    shown = found.select_related("folder", "latest_run").prefetch_related(tags).defer("settings")
    start = (number - 1) * SIZE
    rows = list(shown[start : start + SIZE + 1])
    return Listing(
        kind=kind,
        title=_title(kind, folder, tag),
        conversations=rows[:SIZE],
        folders=in_order(Folder.objects.of(request.user)),
        tags=list(Tag.objects.of(request.user)),
        folder=folder,
        tag=tag,
        number=number,
        earlier=number - 1 if number > 1 else None,
        later=number + 1 if len(rows) > SIZE and number < MOST_PAGES else None,
    )


def in_order(folders: Iterable[Folder]) -> list[Folder]:
    """Each folder with those in it after it."""
    known = list(folders)
    below: dict[object, list[Folder]] = {}
    for each in known:
        below.setdefault(each.parent_id, []).append(each)
    return [one for top in below.get(None, []) for one in (top, *below.get(top.pk, []))]


def _conversations(
    person: Person, kind: Kind, folder: Folder | None, tag: Tag | None
) -> ConversationQuerySet:
    if kind == Kind.DELETED:
        return Conversation.objects.deleted_by(person).order_by("-deleted_at", "pk")
    listed = Conversation.objects.listed_for(person).newest_first()
    if kind == Kind.ARCHIVED:
        return listed.archived()
    if kind == Kind.FOLDER:
        return listed.filter(folder=folder)
    if kind == Kind.TAG:
        return listed.filter(tags=tag)
    return listed.unarchived()


def _title(kind: Kind, folder: Folder | None, tag: Tag | None) -> str:
    if folder is not None:
        return folder.name
    if tag is not None:
        return tag.name
    return {
        Kind.LISTED: _("All conversations"),
        Kind.ARCHIVED: _("Archive"),
        Kind.DELETED: _("Deleted"),
    }[kind]


def _number(given: str) -> int:
    try:
        return min(max(int(given), 1), MOST_PAGES)
    except ValueError:
        return 1
