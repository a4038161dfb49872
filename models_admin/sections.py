"""The pages below /models/ that lie side by side, and who may open them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person


@dataclass(frozen=True)
class Section:
    """A link of the navigation within the pages of models."""

    name: str  # of its URL
    words: str | Promise
    for_members: bool = False
    also: tuple[str, ...] = ()  # names of other URLs that belong to it


SECTIONS = (
    Section("board", _("Models"), for_members=True),
    Section("activity", _("Activity"), for_members=True),
    Section("jobs", _("Jobs")),
    Section("servers", _("Servers")),
    Section("create", _("Create"), also=("uploads",)),
)


@dataclass(frozen=True)
class Link:
    name: str
    words: str | Promise
    url: str
    is_current: bool


def links(person: Person, path: str) -> list[Link]:
    """The sections that the person may open; the one that `path` lies in is the current one."""
    found = [
        (section, [reverse(f"models_admin:{name}") for name in (section.name, *section.also)])
        for section in SECTIONS
        if section.for_members or person.manages_models
    ]
    # All lie below the board, so the longest address that fits is meant.
    fits = (url for _, urls in found for url in urls if path.startswith(url))
    current = max(fits, key=len, default="")
    return [Link(each.name, each.words, urls[0], current in urls) for each, urls in found]
