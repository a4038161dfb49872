"""Who says what goes to the model: each purpose has a builder, registered by the part it is for."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from inference.models import Run


@dataclass(frozen=True)
class Prompt:
    """The messages for a run, as Ollama takes them, before anything is cut from them.

    For a Continue the last one is the assistant's, without the white space at its end, and
    `before` and `before_thinking` are what already stands on the page. `first` is the id of the
    first message of the history, and `ids` has that of each message (None for one of ours), to show
    from where on the model sees it; `notes` go into the run's record of what was sent. Where the
    messages have names for their images, `image` gives the image of a name in base64: only those
    are read that are sent.
    """

    messages: list[dict[str, Any]]
    before: str = ""
    before_thinking: str = ""
    first: str | None = None
    ids: Sequence[str | None] = ()
    notes: dict[str, Any] = field(default_factory=dict)
    image: Callable[[str], str] = str


Builder = Callable[[Run], Prompt]

# Where Ollama's runners see the place of an image in a text.
_MARK = re.compile(r"\[img-(?=\d+\])")

_builders: dict[str, Builder] = {}


def register(purpose: Run.Purpose, build: Builder) -> None:
    """Makes `build` the builder for runs of a purpose; it runs in a database thread."""
    _builders[purpose] = build


def build(run: Run) -> Prompt:
    """The prompt for a run; KeyError for a purpose that nobody registered."""
    prompt = _builders[run.purpose](run)
    return replace(prompt, messages=without_marks(prompt.messages))


def without_marks(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages with a space in what Ollama takes for the place of an image, such as "[img-0]".

    It would put the image there once more, or fail where there is no image of that number.
    """
    return [
        {**message, "content": _MARK.sub("[img -", message["content"])}
        if "[img-" in (message.get("content") or "")
        else message
        for message in messages
    ]


def with_images(
    messages: Sequence[dict[str, Any]], image: Callable[[str], str]
) -> list[dict[str, Any]]:
    """The messages with the images themselves for their names."""
    return [
        {**message, "images": [image(name) for name in message["images"]]}
        if "images" in message
        else message
        for message in messages
    ]


def digest(messages: Sequence[dict[str, Any]]) -> str:
    """Sixteen letters that are the same only for the same messages, to recognise what was sent."""
    text = json.dumps(messages, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
