"""A conversation as JSON: all of it, with every version, so that it can be imported again.

    {"format": "webchat", "version": 1, "conversations": [{
        "id": "…", "title": "…", "model": "…", "settings": {…},
        "created_at": "…", "updated_at": "…",
        "shown": "the id of the message that ends the path that is shown",
        "folder": ["the outer one", "the one in it"] or [], "tags": ["…"],
        "pinned": false, "archived": false,
        "messages": [{
            "id": "…", "parent": "…" or null, "role": "user" or "assistant", "text": "…",
            "thinking": "…", "thought_seconds": 4 or null, "model": "…", "created_at": "…",
            "tool_calls": […], "is_json": false, "rating": "up", "down" or "", "rating_reason": "…",
            "summary": null or {"text": "of all up to here", "model": "…"},
            "files": [{"name": "…", "type": "text/plain", "text": "…"}
                      or {"name": "…", "type": "image/png", "path": "files/….png", "data": base64}]
        }]
    }]}

Times are ISO 8601 in UTC. An image has "data" in a file of its own, and a "path" in an archive.
"""

import json
from collections.abc import Iterable
from typing import Any

from chat.exporting.inlined import Inlining, Text
from chat.models import Attachment, Conversation, Folder, Message, Summary

FORMAT = "webchat"
VERSION = 1
FILES = "files/"


def record_of(conversation: Conversation, images: Inlining | None = None) -> dict[str, Any]:
    """The conversation as above; images only by their paths where `images` does not take them."""
    messages = list(conversation.messages.order_by("created_at", "pk"))
    attached = Attachment.objects.by_message(messages)
    summaries = {each.up_to_id: each for each in conversation.summaries.exclude(text="")}
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "model": conversation.model_name,
        "settings": conversation.settings,
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
        "shown": str(conversation.leaf_id) if conversation.leaf_id else None,
        "folder": _path(conversation.folder),
        "tags": list(conversation.tags.order_by("name").values_list("name", flat=True)),
        "pinned": conversation.is_pinned,
        "archived": conversation.is_archived,
        "messages": [
            {
                **_message(message, summaries.get(message.pk)),
                "files": [_file(each, images) for each in attached.get(message.pk, ())],
            }
            for message in messages
        ],
    }


def document(records: Iterable[dict[str, Any]]) -> str:
    """Records as the text of a JSON file."""
    whole = {"format": FORMAT, "version": VERSION, "conversations": list(records)}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def alone(conversation: Conversation) -> Text:
    """The JSON file of one conversation, with its images."""
    images = Inlining()
    return images.text(document([record_of(conversation, images)]))


def archive_path(image: Attachment) -> str:
    """Where an image lies in an archive; one that several messages share lies there once."""
    return FILES + image.file_name


def _path(folder: Folder | None) -> list[str]:
    """The names of the folder and of the one that it stands in, that one first."""
    return [*_path(folder.parent), folder.name] if folder else []


def _message(message: Message, summary: Summary | None) -> dict[str, Any]:
    return {
        "id": str(message.pk),
        "parent": str(message.parent_id) if message.parent_id else None,
        "role": message.role,
        "text": message.text,
        "thinking": message.thinking,
        "thought_seconds": message.thought_seconds,
        "model": message.model_name,
        "created_at": message.created_at.isoformat(),
        "tool_calls": message.tool_calls,
        "is_json": message.is_json,
        "rating": message.rating,
        "rating_reason": message.rating_reason,
        "summary": {"text": summary.text, "model": summary.model_name} if summary else None,
    }


def _file(attachment: Attachment, images: Inlining | None) -> dict[str, Any]:
    described = {"name": attachment.name, "type": attachment.media_type}
    if not attachment.is_image:
        return described | {"text": attachment.text}
    described["path"] = archive_path(attachment)
    if images and (data := images.mark(attachment)):
        described["data"] = data
    return described
