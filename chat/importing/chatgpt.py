"""Reads ChatGPT's data export: conversations.json, alone or in its zip.

A list (or {"conversations": a list}) of {"title", "create_time", "update_time", "conversation_id"
or "id", "current_node", "default_model_slug", "mapping": {id: {"id", "parent", "children",
"message": null or {"author": {"role"}, "recipient", "create_time", "content": {"content_type",
"parts"}, "metadata": {"model_slug", "is_visually_hidden_from_conversation"}}}}}; times in seconds.
Source: help.openai.com, "How do I export my ChatGPT history", and the files that it gives.
"""

import re
from collections.abc import Iterator
from typing import Any

from chat.importing import parsed
from chat.importing.parsed import ParsedConversation, ParsedMessage
from chat.models import Role

SOURCE = "chatgpt"
SAID = ("text", "multimodal_text", "code")
# To whom an answer speaks: to all, or to a tool, of which only the code is for people to read.
READERS = (None, "", "all", "python")
# Entries without messages that may stand before the first whole one.
MOST_DAMAGED = 100
# Where a web search is cited: signs of private use around names that only the other page knows.
_CITED = re.compile("\ue200[^\ue201]{0,1000}\ue201")


def matches(data: Any) -> bool:
    return any("mapping" in parsed.record(each) for each in _listed(data)[:MOST_DAMAGED])


def entries(data: Any) -> Iterator[Any]:
    yield from _listed(data)


def _listed(data: Any) -> list[Any]:
    if isinstance(data, list):
        return data
    entry = parsed.record(data)
    return parsed.items(entry["conversations"]) if "conversations" in entry else [entry]


def conversation(entry: Any) -> ParsedConversation:
    entry = parsed.record(entry)
    nodes = {key: parsed.record(each) for key, each in parsed.record(entry.get("mapping")).items()}
    kept = {key: message for key, node in nodes.items() if (message := _message(key, node))}
    found: dict[str, str | None] = {}
    for key, message in kept.items():
        message.parent = _kept_above(key, nodes, kept, found)
    shown = parsed.identity(entry.get("current_node"))
    if shown is not None and shown not in kept:
        shown = _kept_above(shown, nodes, kept, found)
    messages = list(kept.values())
    return ParsedConversation(
        source=SOURCE,
        id=parsed.identity(entry.get("conversation_id")) or parsed.identity(entry.get("id")) or "",
        title=parsed.title(entry.get("title"), messages),
        messages=messages,
        shown=shown,
        model=next((each.model for each in reversed(messages) if each.model), _model(entry)),
        created_at=parsed.time(entry.get("create_time")),
        updated_at=parsed.time(entry.get("update_time")),
    )


def _model(entry: dict[str, Any]) -> str:
    """That of answers which do not name theirs; "auto" is none."""
    found = parsed.name(entry.get("default_model_slug"))
    return "" if found == "auto" else found


def _kept_above(
    key: str,
    nodes: dict[str, dict[str, Any]],
    kept: dict[str, ParsedMessage],
    found: dict[str, str | None],
) -> str | None:
    """The nearest node above that is a message of somebody.

    `found` has it for each node that was passed on the way, so that no way is gone twice.
    """
    passed = {key}
    above = parsed.identity(nodes.get(key, {}).get("parent"))
    while above is not None and above not in kept and above not in passed and above not in found:
        passed.add(above)
        above = parsed.identity(nodes.get(above, {}).get("parent"))
    nearest = above if above in kept else found.get(above or "")
    found.update(dict.fromkeys(passed, nearest))
    return nearest


def _message(key: str, node: dict[str, Any]) -> ParsedMessage | None:
    message = parsed.record(node.get("message"))
    role = parsed.record(message.get("author")).get("role")
    metadata = parsed.record(message.get("metadata"))
    if role not in Role.values or metadata.get("is_visually_hidden_from_conversation"):
        return None
    if message.get("recipient") not in READERS:
        return None
    text, thinking = _said(parsed.record(message.get("content")))
    if not text and not thinking:
        return None
    return ParsedMessage(
        id=key,
        parent=None,
        role=Role(role),
        text=text,
        thinking=thinking,
        created_at=parsed.time(message.get("create_time")),
        model=parsed.name(metadata.get("model_slug")) if role == Role.ASSISTANT else "",
    )


def _said(content: dict[str, Any]) -> tuple[str, str]:
    kind = content.get("content_type")
    if kind == "thoughts":
        thoughts = [parsed.record(each) for each in parsed.items(content.get("thoughts"))]
        said = [parsed.words(each.get("content")) for each in thoughts]
        return "", "\n\n".join(filter(None, [*said, parsed.words(content.get("thoughts"))]))
    if kind not in SAID:
        return "", ""
    if kind == "code":
        written = parsed.words(content.get("text"))
        return (f"```\n{written}\n```" if written else ""), ""
    parts = [_CITED.sub("", _part(each)) for each in parsed.items(content.get("parts"))]
    return "\n\n".join(filter(None, parts)), ""


def _part(part: Any) -> str:
    """A text; images lie beside the file under names that it does not say."""
    return parsed.words(part) or parsed.words(parsed.record(part).get("text"))
