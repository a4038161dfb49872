"""A conversation to be read elsewhere: the path that is shown, as Markdown or one HTML page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chat.exporting.inlined import Inlining, Text
from chat.models import Attachment, Conversation, Message, refresh_html

_FENCE = re.compile(r"^ {0,3}(`{3,})", re.MULTILINE)


@dataclass(frozen=True)
class Said:
    """A message with its files."""

    message: Message
    files: list[Attachment]

    @property
    def speaker(self) -> str:
        message = self.message
        if message.is_answer:
            return message.model_name
        author = message.author
        return (author.display_name or author.username) if author else _("Question")


@dataclass(frozen=True)
class Picture:
    """An image in a page that stands alone."""

    name: str
    source: str  # a data: URI


def said_in(conversation: Conversation, *, rendered: bool = True) -> list[Said]:
    """The path that is shown, oldest first; its HTML is up to date if it is wanted `rendered`."""
    if conversation.leaf_id is None:
        return []
    path = Message.objects.path_to(conversation.leaf_id)
    if rendered:
        refresh_html(path)
    attached = Attachment.objects.without_text().by_message(path)
    for message in path:
        message.conversation = conversation
        if message.author_id == conversation.owner_id:
            message.author = conversation.owner
    return [Said(message, attached.get(message.pk, [])) for message in path]


def markdown(conversation: Conversation, images: str = "") -> str:
    """The path as Markdown; images are links into the folder `images`, or only named."""
    parts = [f"# {_on_one_line(conversation.title)}", _about(conversation)]
    for said in said_in(conversation, rendered=False):
        parts.append(f"## {_on_one_line(said.speaker)}")
        if said.message.text:
            parts.append(said.message.text)
        parts += [_attached(attached, images) for attached in said.files]
    return "\n\n".join(parts) + "\n"


def page(conversation: Conversation) -> Text:
    """One HTML page that needs nothing else: no script, its style and images inside."""
    images = Inlining()
    shown = [(said, [*_pictures(said.files, images)]) for said in said_in(conversation)]
    context = {"conversation": conversation, "about": _about(conversation), "shown": shown}
    return images.text(render_to_string("chat/exports/page.html", context))


def _about(conversation: Conversation) -> str:
    day = timezone.localdate(conversation.created_at)
    return _("With %(model)s, begun on %(day)s.") % {
        "model": conversation.model_name,
        "day": date_format(day),
    }


def _attached(attached: Attachment, images: str) -> str:
    name = _on_one_line(attached.name)
    if attached.is_image:
        return f"![{name}]({images}{attached.file_name})" if images else f"*{name}*"
    written = attached.text
    longest = max((len(fence) for fence in _FENCE.findall(written)), default=2)
    fence = "`" * (longest + 1)
    return f"**{name}**\n\n{fence}\n{written.rstrip()}\n{fence}"


def _pictures(files: list[Attachment], images: Inlining) -> Iterator[Picture]:
    for attached in files:
        # One whose file is lost does not keep the words back.
        if attached.is_image and (data := images.mark(attached)):
            yield Picture(attached.name, f"data:{attached.media_type};base64,{data}")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
