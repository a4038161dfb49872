"""The list of conversations beside every page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import PersonRequest
from chat.models import Conversation

# Conversations that a page lists at first, by how many more at a time, and at most.
FEW = 50
MOST = 1000


@dataclass(frozen=True)
class Days:
    """Conversations that were last used in the same days."""

    name: str
    title: str
    conversations: list[Conversation]


@dataclass(frozen=True)
class ConversationList:
    """The newest conversations by day; `more` is how many to ask for to see older ones."""

    days: list[Days]
    current: UUID | None
    more: int | None


def of(request: PersonRequest) -> ConversationList:
    """The person's list; `?count=` says how long it is on the page already."""
    try:
        count = min(max(int(request.GET.get("count", FEW)), FEW), MOST)
    except ValueError:
        count = FEW
    mine = Conversation.objects.visible_to(request.user).select_related("latest_run")
    newest = list(mine.order_by("-updated_at", "pk")[: count + 1])
    more = count + FEW if len(newest) > count and count < MOST else None
    return ConversationList(list(_by_days(newest[:count])), _current(request), more)


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


def _current(request: PersonRequest) -> UUID | None:
    """The conversation of the page that asks, or that is being made."""
    path = (request.htmx and request.htmx.current_url_abs_path) or request.path
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return None
    pk = match.kwargs.get("pk")
    return pk if match.view_name == "chat:conversation" and isinstance(pk, UUID) else None
