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
from chat.settings import fitted

SOURCE = "webchat"


def matches(data: Any) -> bool:
    return isinstance(data, dict) and data.get("format") == FORMAT


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
    )


def _message(entry: Any) -> ParsedMessage:
    entry = parsed.record(entry)
    found = parsed.identity(entry.get("id"))
    if found is None or entry.get("role") not in Role.values:
        raise NotReadable(_("One of its messages has no id, or is of nobody."))
    rating = entry.get("rating")
    return ParsedMessage(
        id=found,
        parent=parsed.identity(entry.get("parent")),
        role=Role(entry["role"]),
        text=parsed.words(entry.get("text")),
        created_at=parsed.time(entry.get("created_at")),
        thinking=parsed.words(entry.get("thinking")),
        model=parsed.name(entry.get("model")),
        rating=rating if rating in Rating.values else "",
        rating_reason=parsed.words(entry.get("rating_reason"))[:300],
        tool_calls=[
            each
            for each in parsed.items(entry.get("tool_calls"))
            if isinstance(each, dict) and _is_storable(each)
        ],
        files=[_file(parsed.record(each)) for each in parsed.items(entry.get("files"))],
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
