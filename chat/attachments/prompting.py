"""What a model gets of the files of a question: text within the message, images beside it."""

import logging
import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from chat.attachments import files, names
from chat.models import Attachment, Message

log = logging.getLogger(__name__)

TICKS = re.compile("`{3,}")


def said(message: Message, attachments: Sequence[Attachment]) -> dict[str, Any]:
    """A message as Ollama takes it, but with the names of its images' files for the images.

    Text files stand before what is asked about them. An image whose file is lost is spoken of.
    """
    shown = [each for each in attachments if each.is_image and each.path.exists()]
    told = [_told(each) for each in attachments if each not in shown]
    content = "\n\n".join([*told, message.text] if message.text else told)
    sent: dict[str, Any] = {"role": message.role, "content": content}
    if shown:
        sent["images"] = [each.file_name for each in shown]
    return sent


def image(name: str) -> str:
    """The image of that name, as Ollama takes it. Raises OSError."""
    return b64encode(files.path_of(name).read_bytes()).decode()


def _told(attachment: Attachment) -> str:
    if attachment.is_image:
        log.error("the image %s of an attachment is lost", attachment.file_name)
        return f"({attachment.name}: this image is lost)"
    longest = max((len(run) for run in TICKS.findall(attachment.text)), default=2)
    fence = "`" * (longest + 1)
    ending = names.ending_of(attachment.name)
    text = attachment.text.rstrip("\n")
    return f"{attachment.name}:\n\n{fence}{ending}\n{text}\n{fence}"
