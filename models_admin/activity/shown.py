"""The activity as a reader may see it: rendered once for all who may see the same.

Whose a run is stands in that text as a mark, which is filled in for each reader: they are "you" to
themselves, a name to administrators, and somebody to everybody else.
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from accounts.models import Person
from inference.models import Run
from models_admin.activity.snapshot import (
    MOST_MEASURED,
    MOST_RUNS,
    MOST_SPEEDS,
    MOST_WAITING,
    Loaded,
    Snapshot,
    Use,
)

# Control characters, which no name holds: they pass through templates as they are.
_MARK = re.compile("\x02([0-9a-f]{32}|)\x03([^\x02\x03\x04]*)\x04")


@dataclass(frozen=True)
class Audience:
    """Readers who may see the same."""

    language: str
    administers: bool
    manages: bool
    groups: frozenset[UUID]  # of members; a manager sees all models

    @classmethod
    def of(cls, person: Person, groups: frozenset[UUID], language: str) -> "Audience":
        """The one that somebody belongs to."""
        manages = person.manages_models
        return cls(language, person.administers, manages, frozenset() if manages else groups)

    def sees(self, snapshot: Snapshot, model: str) -> bool:
        """Whether the model is one that they may know of."""
        groups = snapshot.groups_of(model)
        return self.manages or groups is None or bool(groups & self.groups)


def groups_of(people: list[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The groups of these people, in one query."""
    found: dict[UUID, set[UUID]] = {}
    through = Person.groups.through.objects.filter(person_id__in=people)
    for person, group in through.values_list("person_id", "group_id"):
        found.setdefault(person, set()).add(group)
    return {person: frozenset(groups) for person, groups in found.items()}


def rendered(snapshot: Snapshot, audience: Audience) -> str:
    """The HTML for an audience, with marks; see `filled_in`."""
    with translation.override(audience.language):
        context = _context(snapshot, audience)
        return render_to_string("models_admin/activity/_activity.html", context)


def is_about(html: str, person: Person) -> bool:
    """Whether something in it is of this person, so that it reads differently to them."""
    return f"\x02{person.pk.hex}\x03" in html


def filled_in(html: str, person: Person | None, language: str) -> str:
    """The HTML for a person, or for all readers whom nothing in it is about."""
    with translation.override(language):
        you = escape(_("you"))
    own = person.pk.hex if person else None
    return _MARK.sub(lambda mark: you if mark[1] == own else mark[2], html)


def _context(snapshot: Snapshot, audience: Audience) -> dict[str, Any]:
    quick = snapshot.speeds
    measured = [each for each in quick.measured if audience.sees(snapshot, each.model_name)]
    speeds = [each for each in quick.answered if audience.sees(snapshot, each.model)]
    return {
        "audience": audience,
        "at": snapshot.at,
        "places": [
            {
                "place": place,
                "server": place.server,
                "loaded": [_loaded(each, snapshot, audience) for each in place.loaded],
            }
            for place in snapshot.places
        ],
        "running": [_use(use, snapshot, audience) for use in snapshot.running[:MOST_RUNS]],
        "more_running": max(len(snapshot.running) - MOST_RUNS, 0),
        "waiting": [_use(use, snapshot, audience) for use in snapshot.waiting[:MOST_WAITING]],
        "more_waiting": max(len(snapshot.waiting) - MOST_WAITING, 0),
        "several": len(snapshot.places) > 1,
        "running_count": len(snapshot.running),
        "waiting_count": len(snapshot.waiting),
        "speeds": speeds[:MOST_SPEEDS],
        "measured": measured[:MOST_MEASURED],
        "now": snapshot.at,
    }


def _loaded(loaded: Loaded, snapshot: Snapshot, audience: Audience) -> dict[str, Any]:
    name = loaded.name if audience.sees(snapshot, loaded.name) else ""
    return {"name": name, "loaded": loaded}


def _use(use: Use, snapshot: Snapshot, audience: Audience) -> dict[str, Any]:
    if audience.administers and use.name:
        shown = use.name
    else:
        shown = _("a program") if use.is_program else _("somebody")
    return {
        "use": use,
        "who": f"\x02{use.who.hex if use.who else ''}\x03{shown}\x04",
        "model": use.model if audience.sees(snapshot, use.model) else "",
        "purpose": "" if use.purpose == Run.Purpose.ANSWER else Run.Purpose(use.purpose).label,
    }
