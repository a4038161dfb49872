"""Who would miss a model: every part that uses models registers a function that says so.

    def conversations(name: str) -> list[str]:
        return ["12 conversations of 3 people in the last 30 days"] if ... else []

    model_uses.register(conversations)

Names have their tag. The words are for people, and name none of them.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inference.models import Model, Run

LATELY = timedelta(days=30)
MOST_NAMED = 5  # models or groups that are named; of more only the number is said

Uses = Callable[[str], Iterable[str]]

_registered: list[Uses] = []


def register(uses: Uses) -> None:
    """Has `uses` asked too; it runs in a request or a database thread."""
    if uses not in _registered:
        _registered.append(uses)


def of(name: str) -> list[str]:
    """All that would miss the model, in sentences; empty where nothing would."""
    return [words for uses in _registered for words in uses(name)]


def listed(names: list[str]) -> str:
    """The names in a row, the rest of many as a number."""
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return _("%(names)s and %(more)d more") % {"names": shown, "more": more} if more > 0 else shown


def _runs_now(name: str) -> list[str]:
    count = Run.objects.open().filter(model_name=name).count()
    if not count:
        return []
    words = ngettext(
        "%(count)d answer is being written or waited for.",
        "%(count)d answers are being written or waited for.",
        count,
    )
    return [words % {"count": count}]


def _loaded(name: str) -> list[str]:
    there = Model.objects.filter(name=name, loaded=True, present=True, server__enabled=True)
    servers = list(there.order_by("server__name").values_list("server__name", flat=True))
    return [_("It is loaded on %(servers)s.") % {"servers": listed(servers)}] if servers else []


def _children(name: str) -> list[str]:
    made = Model.objects.filter(parent=name, present=True, server__enabled=True)
    names = sorted(set(made.values_list("name", flat=True)))
    return [_("Made from it: %(names)s.") % {"names": listed(names)}] if names else []


def _groups(name: str) -> list[str]:
    rows = Model.objects.filter(name=name, present=True).exclude(groups=None)
    names = sorted({each for each in rows.values_list("groups__name", flat=True) if each})
    return [_("It is reserved for %(names)s.") % {"names": listed(names)}] if names else []


def _keys(name: str) -> list[str]:
    since = timezone.now() - LATELY
    used = Run.objects.filter(model_name=name, queued_at__gte=since).exclude(key=None)
    count: int = used.aggregate(count=Count("key", distinct=True))["count"]
    if not count:
        return []
    words = ngettext(
        "%(count)d key has used it in the last 30 days.",
        "%(count)d keys have used it in the last 30 days.",
        count,
    )
    return [words % {"count": count}]


for _each in (_runs_now, _loaded, _children, _groups, _keys):
    register(_each)
