"""Reads our own exports (see chat.exporting.record)."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from chat.exporting.record import FORMAT, VERSION
from chat.importing import parsed
from chat.importing.parsed import NotReadable, ParsedConversation, ParsedFile, ParsedMessage
from chat.models import Rating, Role
from chat.models.folder import LONGEST_NAME as LONGEST_FOLDER
from chat.models.tag import LONGEST_TAG, MOST_TAGS
from chat.settings import fitted

SOURCE = "webchat"
DEEPEST = 2  # a folder stands in one other at most
LONGEST_S = 2**31  # seconds that the database can hold


def matches(data: Any) -> bool:
    return isinstance(data, dict) and data.get("format") == FORMAT and "version" in data


def entries(data: Any) -> Iterator[Any]:
    """The conversations as they stand in the file. Raises NotReadable for a newer version."""
    if data.get("version") != VERSION:
        raise NotReadable(_("This file is of a newer Webchat. Upgrade this one first."))
    yield from parsed.items(data.get("conversations"))


def conversation(entry: Any) -> ParsedConversation:
    """One of them. Raises NotReadable."""
    entry = parsed.record(entry)
    messages = [_message(each) for each in parsed.items(entry.get("messages"))]
    return ParsedConversation(
        source=SOURCE,
        id=parsed.identity(entry.get("id")) or "",
        title=parsed.title(entry.get("title"), messages),
        messages=messages,
        shown=parsed.identity(entry.get("shown")),
        model=parsed.name(entry.get("model")),
        created_at=parsed.time(entry.get("created_at")),
        updated_at=parsed.time(entry.get("updated_at")),
        settings=fitted(entry.get("settings")),
        folder=parsed.names(entry.get("folder"), DEEPEST, LONGEST_FOLDER),
        tags=parsed.names(entry.get("tags"), MOST_TAGS, LONGEST_TAG),
        is_pinned=entry.get("pinned") is True,
        is_archived=entry.get("archived") is True,
    )


def _message(entry: Any) -> ParsedMessage:
    entry = parsed.record(entry)
    found = parsed.identity(entry.get("id"))
    if found is None or entry.get("role") not in Role.values:
        raise NotReadable(_("One of its messages has no id, or is of nobody."))
    rating, seconds = entry.get("rating"), entry.get("thought_seconds")
    summary = parsed.record(entry.get("summary"))
    return ParsedMessage(
        id=found,
        parent=parsed.identity(entry.get("parent")),
        role=Role(entry["role"]),
        text=parsed.words(entry.get("text")),
        created_at=parsed.time(entry.get("created_at")),
        thinking=parsed.words(entry.get("thinking")),
        thought_seconds=seconds if type(seconds) is int and 0 <= seconds < LONGEST_S else None,
        model=parsed.name(entry.get("model")),
        is_json=entry.get("is_json") is True,
        rating=rating if rating in Rating.values else "",
        rating_reason=parsed.words(entry.get("rating_reason"))[:300],
        tool_calls=[
            each
            for each in parsed.items(entry.get("tool_calls"))
            if isinstance(each, dict) and _is_storable(each)
        ],
        files=[_file(parsed.record(each)) for each in parsed.items(entry.get("files"))],
        summary=parsed.words(summary.get("text")),
        summary_model=parsed.name(summary.get("model")),
    )


def _is_storable(value: Any) -> bool:
    """Whether it is JSON to a database too: 1e999 is infinite to Python, which writes that so."""
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return True


def _file(entry: dict[str, Any]) -> ParsedFile:
    name = parsed.words(entry.get("name")) or "file"
    if isinstance(entry.get("text"), str):
        return ParsedFile(name, text=parsed.words(entry["text"]))
    try:
        content = base64.b64decode(entry.get("data") or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        content = b""
    return ParsedFile(name, content=content, path=parsed.words(entry.get("path")))
