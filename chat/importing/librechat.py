"""Reads LibreChat's JSON export of one conversation.

{"conversationId", "title", "endpoint", "options": {"model"}, "exportAt", "branches", "recursive",
"messages": […]}: a list, or ("recursive") a tree in "children", of {"messageId",
"parentMessageId", "sender", "text" or "content": [{"type": "text" or "think", …}],
"isCreatedByUser", "model", "createdAt"}. Source: librechat.ai, "Import conversations", and its
client's export hook.
"""

from collections.abc import Iterator
from typing import Any

from chat.importing import parsed
from chat.importing.parsed import ParsedConversation, ParsedMessage
from chat.models import Role

SOURCE = "librechat"
NO_PARENT = "00000000-0000-0000-0000-000000000000"


def matches(data: Any) -> bool:
    entry = parsed.record(data)
    return "conversationId" in entry and ("messages" in entry or "messagesTree" in entry)


def entries(data: Any) -> Iterator[Any]:
    yield data


def conversation(entry: Any) -> ParsedConversation:
    messages = list(_messages(entry.get("messages") or entry.get("messagesTree")))
    options = parsed.record(entry.get("options"))
    return ParsedConversation(
        source=SOURCE,
        id=parsed.identity(entry.get("conversationId")) or "",
        title=parsed.title(entry.get("title"), messages),
        messages=messages,
        model=parsed.name(options.get("model") or entry.get("model")),
        created_at=messages[0].created_at if messages else None,
        updated_at=messages[-1].created_at if messages else None,
    )


def _messages(entries: Any) -> Iterator[ParsedMessage]:
    """Those of a list or a tree; what lies above the found ones without a word says the parent."""
    waiting: list[tuple[Any, str | None]] = [
        (each, None) for each in reversed(parsed.items(entries))
    ]
    while waiting:
        each, above = waiting.pop()
        entry = parsed.record(each)
        found = parsed.identity(entry.get("messageId"))
        if found is None:
            continue
        parent = parsed.identity(entry.get("parentMessageId")) or above
        text, thinking = _said(entry)
        yield ParsedMessage(
            id=found,
            parent=None if parent == NO_PARENT else parent,
            role=Role.USER if entry.get("isCreatedByUser") else Role.ASSISTANT,
            text=text,
            created_at=parsed.time(entry.get("createdAt")),
            thinking=thinking,
            model="" if entry.get("isCreatedByUser") else parsed.name(entry.get("model")),
        )
        waiting += [(child, found) for child in reversed(parsed.items(entry.get("children")))]


def _said(entry: dict[str, Any]) -> tuple[str, str]:
    """The text, and what was thought before it."""
    parts = [parsed.record(part) for part in parsed.items(entry.get("content"))]
    said = [_value(part.get("text")) for part in parts if part.get("type") == "text"]
    thought = [_value(part.get("think")) for part in parts if part.get("type") == "think"]
    text = parsed.words(entry.get("text")) or "\n\n".join(filter(None, said))
    return text, "\n\n".join(filter(None, thought))


def _value(part: Any) -> str:
    return parsed.words(part.get("value") if isinstance(part, dict) else part)
