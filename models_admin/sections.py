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


SECTIONS = (
    Section("board", _("Models"), for_members=True),
    Section("activity", _("Activity"), for_members=True),
    Section("jobs", _("Jobs")),
    Section("servers", _("Servers")),
    Section("create", _("Create")),
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
        (section, reverse(f"models_admin:{section.name}"))
        for section in SECTIONS
        if section.for_members or person.manages_models
    ]
    # All lie below the board, so the longest address that fits is meant.
    current = max((url for _, url in found if path.startswith(url)), key=len, default="")
    return [Link(each.name, each.words, url, url == current) for each, url in found]
