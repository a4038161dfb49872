"""The prompt that a model would see, and how it is cut to fit."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

from . import go, tokens
from .outcome import Failure

Message: TypeAlias = Mapping[str, Any]

# Others vanish: the template knows nothing of them.
ROLES = ("system", "user", "assistant", "tool")
TOO_LONG = "the input length exceeds the context length"
NO_SUCH_IMAGE = "Failed to create new sequence: failed to process inputs: invalid image index: {}"
# Of an image of the models that see, and what Ollama reckons it to be when it looks what fits.
IMAGE_TOKENS = 256
MOST_IMAGE_TOKENS = 768
_MARK = re.compile(r"\[img-(\d+)\]")


def rendered(messages: Sequence[Message], tools: Sequence[Any] = ()) -> str:
    """In ChatML. A last message of the assistant's stays open: the model goes on from it."""
    parts = []
    numbers = count()
    if tools:
        parts.append(f"<|im_start|>system\n# Tools\n{go.dumps(list(tools))}<|im_end|>\n")
    for message in messages:
        role = message.get("role", "").lower()
        if role in ROLES:
            parts.append(f"<|im_start|>{role}\n{_content(message, numbers)}<|im_end|>\n")
    if prefill(messages):
        return "".join(parts).removesuffix("<|im_end|>\n")
    return "".join(parts) + "<|im_start|>assistant\n"


def prefill(messages: Sequence[Message]) -> str:
    """The text that the model is to go on from, "" if it is to begin."""
    last = messages[-1] if messages else {}
    return last.get("content", "") if last.get("role", "").lower() == "assistant" else ""


def fitted(
    messages: Sequence[Message], tools: Sequence[Any], num_ctx: int, *, may_cut: bool, sees: bool
) -> tuple[list[Message], int]:
    """The messages that fit, and how many tokens their prompt has.

    The oldest go first, but no system message and never the last. A prompt that is still too long
    is cut in its middle. With `may_cut` False what is too long is a Failure. To a model that `sees`
    an image is tokens too, and the place of an image that is not there is a Failure.
    """
    kept = list(messages)
    words = [tokens.count(rendered([message])) for message in kept]
    images = [len(message.get("images", ())) if sees else 0 for message in kept]
    total = tokens.count(rendered(kept, tools))
    at = 0
    while may_cut and total + sum(images) * MOST_IMAGE_TOKENS > num_ctx and at < len(kept) - 1:
        if kept[at].get("role", "").lower() == "system":
            at += 1
            continue
        del kept[at], images[at]
        total -= words.pop(at)
    if sees:
        _check_marks(rendered(kept, tools), sum(images))
    total += sum(images) * IMAGE_TOKENS
    if total > num_ctx and not may_cut:
        raise Failure(400, TOO_LONG)
    return kept, min(total, num_ctx)


def _check_marks(prompt: str, images: int) -> None:
    for number in map(int, _MARK.findall(prompt)):
        if number >= images:
            raise Failure(500, NO_SUCH_IMAGE.format(number), at_work=True)


def _content(message: Message, numbers: Iterator[int]) -> str:
    content: str = message.get("content", "")
    pictures = "".join(f"[img-{next(numbers)}]" for _ in message.get("images", ()))
    calls = "".join(
        f"<tool_call>\n{go.dumps(call)}\n</tool_call>" for call in message.get("tool_calls", ())
    )
    return pictures + content + calls
