"""What an export of any program is read into."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from chat import text
from chat.models import Role
from chat.text import LONGEST_TITLE, title_of

LONGEST_NAME = 350
# Seconds since 1970 of a year that nobody had a chat in; larger ones are in other units.
FAR_AHEAD = 32_503_680_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# By how much the other program's clock may be ahead of ours.
AHEAD = timedelta(days=1)


class NotReadable(Exception):
    """A file, or one conversation in it, that nothing can be made of: says why, in words."""


@dataclass
class ParsedFile:
    """An attached file: text, or an image by its bytes or its path in the archive."""

    name: str
    text: str | None = None
    content: bytes = b""
    path: str = ""


@dataclass
class ParsedMessage:
    """A message; `id` and `parent` are the other program's."""

    id: str
    parent: str | None
    role: Role
    text: str
    created_at: datetime | None = None
    thinking: str = ""
    thought_seconds: int | None = None
    model: str = ""
    is_json: bool = False
    rating: str = ""
    rating_reason: str = ""
    tool_calls: list[Any] = field(default_factory=list)
    files: list[ParsedFile] = field(default_factory=list)
    summary: str = ""  # of all up to here
    summary_model: str = ""


@dataclass
class ParsedConversation:
    """A conversation; its messages stand in any order until `tree.ordered` has seen them."""

    source: str  # the program that it comes from
    id: str
    title: str
    messages: list[ParsedMessage]
    shown: str | None = None  # the message that ends the path that is shown
    model: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    folder: list[str] = field(default_factory=list)  # names, the outer one first
    tags: list[str] = field(default_factory=list)
    is_pinned: bool = False
    is_archived: bool = False


def words(value: Any) -> str:
    """A text of the file, fit to be stored; "" for what is none."""
    return text.clean(value) if isinstance(value, str) else ""


def title(value: Any, messages: Iterable[ParsedMessage]) -> str:
    """A title on one line; made of the first question where the file has none."""
    given = " ".join(words(value).split())[:LONGEST_TITLE]
    return given or next((title_of(each.text) for each in messages if each.text.strip()), "…")


def name(value: Any, longest: int = LONGEST_NAME) -> str:
    """A name, as of a model, on one line."""
    return " ".join(words(value).split())[:longest]


def names(value: Any, most: int, longest: int) -> list[str]:
    """The first of a list of names; what is none is left out."""
    found = (name(each, longest) for each in items(value))
    return [each for each in found if each][:most]


def identity(value: Any) -> str | None:
    """An id as text; None for what is none."""
    return str(value)[:200] if isinstance(value, str | int) and value != "" else None


def time(value: Any) -> datetime | None:
    """A time in seconds, milliseconds or nanoseconds since 1970, or in ISO 8601.

    None for what is none, and for one before 1970 or in the future: such a conversation would stand
    on top of the list for ever, and no database takes all of those times.
    """
    try:
        found = _moment(value)
    except (ValueError, OverflowError, OSError):
        return None
    is_likely = found is not None and EARLIEST < found < timezone.now() + AHEAD
    return found if is_likely else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        found = parse_datetime(value)
        return found.replace(tzinfo=found.tzinfo or UTC) if found else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    seconds = float(value)
    while seconds > FAR_AHEAD:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC)


def record(value: Any) -> dict[str, Any]:
    """A JSON object; {} for what is none."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """A JSON list; [] for what is none."""
    return value if isinstance(value, list) else []
