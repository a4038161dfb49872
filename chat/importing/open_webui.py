"""Reads Open WebUI's exports: "Export chats" of a person, and of all chats by an administrator.

A list of rows as its API gives them: {"id", "title", "created_at" and "updated_at" in seconds,
"chat": {"title", "models", "history": {"currentId", "messages": {id: {"id", "parentId", "role",
"content", "timestamp", "model", "files"}}}, "messages": [the shown path]}}. Older versions give the
"chat" alone. Source: docs.openwebui.com, "Import and export", and its routes /api/v1/chats.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import Any

from chat.importing import parsed
from chat.importing.parsed import ParsedConversation, ParsedFile, ParsedMessage
from chat.models import Role

SOURCE = "open-webui"
# Thinking, and what tools did, stand in the text, as parts that fold.
_FOLDS, _UNFOLDS = '<details type="', "</details>"
_FOLDED = re.compile(
    r'(reasoning|tool_calls|code_interpreter)"[^>]*>\s*(?:<summary>.*?</summary>)?(.*)', re.DOTALL
)
_SPACE = re.compile(r"\s*")
_DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)


def matches(data: Any) -> bool:
    first = parsed.record(data[0]) if isinstance(data, list) and data else parsed.record(data)
    chat = parsed.record(first.get("chat")) or first
    return "history" in chat or ("models" in chat and "messages" in chat)


def entries(data: Any) -> Iterator[Any]:
    yield from data if isinstance(data, list) else [data]


def conversation(entry: Any) -> ParsedConversation:
    entry = parsed.record(entry)
    chat = parsed.record(entry.get("chat")) or entry
    history = parsed.record(chat.get("history"))
    found = parsed.record(history.get("messages"))
    if found:
        messages = [message for key, each in found.items() if (message := _message(key, each))]
        shown = parsed.identity(history.get("currentId"))
    else:  # of before there were versions: one path
        messages, shown = _path(parsed.items(chat.get("messages"))), None
    models = parsed.items(chat.get("models"))
    return ParsedConversation(
        source=SOURCE,
        id=parsed.identity(entry.get("id")) or parsed.identity(chat.get("id")) or "",
        title=parsed.title(entry.get("title") or chat.get("title"), messages),
        messages=messages,
        shown=shown,
        model=parsed.name(models[0]) if models else "",
        created_at=parsed.time(entry.get("created_at") or chat.get("timestamp")),
        updated_at=parsed.time(entry.get("updated_at") or chat.get("timestamp")),
    )


def _path(entries: list[Any]) -> list[ParsedMessage]:
    messages: list[ParsedMessage] = []
    for number, each in enumerate(entries):
        if message := _message(str(number), each):
            message.parent = messages[-1].id if messages else None
            messages.append(message)
    return messages


def _message(key: str, entry: Any) -> ParsedMessage | None:
    entry = parsed.record(entry)
    if entry.get("role") not in Role.values:
        return None
    text, thoughts = _parted(parsed.words(entry.get("content")))
    return ParsedMessage(
        id=parsed.identity(entry.get("id")) or key,
        parent=parsed.identity(entry.get("parentId")),
        role=Role(entry["role"]),
        text=text,
        created_at=parsed.time(entry.get("timestamp")),
        thinking="\n\n".join(thoughts),
        model=parsed.name(entry.get("model")),
        files=[file for each in parsed.items(entry.get("files")) if (file := _file(each))],
    )


def _parted(text: str) -> tuple[str, list[str]]:
    """What was said, and the thoughts that stood in it. In one pass: a file may hold anything.

    Of tools only the code is kept that stands between the words.
    """
    said: list[str] = []
    thoughts: list[str] = []
    at = 0
    while (start := text.find(_FOLDS, at)) >= 0 and (end := text.find(_UNFOLDS, start)) >= 0:
        said.append(text[at:start])
        folded = _FOLDED.match(text, start + len(_FOLDS), end)
        at = _SPACE.match(text, end + len(_UNFOLDS)).end()  # type: ignore[union-attr]
        if folded is None:  # of the answer itself
            said.append(text[start:at])
        elif folded[1] == "reasoning":
            thoughts.append(_unquoted(folded[2]))
        elif folded[1] == "code_interpreter" and (code := folded[2].strip()):
            said.append(f"{code}\n\n")
    return "".join([*said, text[at:]]), thoughts


def _unquoted(thought: str) -> str:
    """The lines without their marks; newer versions escape the whole for HTML."""
    if thought.strip().startswith("&gt;"):
        thought = html.unescape(thought)
    return "\n".join(re.sub(r"^> ?", "", line) for line in thought.strip().splitlines())


def _file(entry: Any) -> ParsedFile | None:
    """An image that stands in the export; other files lie on the other server only."""
    entry = parsed.record(entry)
    if entry.get("type") != "image" or not (data := _DATA.match(parsed.words(entry.get("url")))):
        return None
    try:
        content = base64.b64decode(data[1], validate=True)
    except (binascii.Error, ValueError):
        return None
    return ParsedFile(parsed.words(entry.get("name")) or "image", content=content)
