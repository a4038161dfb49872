"""The prompt that a model would see, and how it is cut to fit."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from . import go, tokens
from .outcome import Failure

Message: TypeAlias = Mapping[str, Any]

# Others vanish: the template knows nothing of them.
ROLES = ("system", "user", "assistant", "tool")
TOO_LONG = "the input length exceeds the context length"


def rendered(messages: Sequence[Message], tools: Sequence[Any] = ()) -> str:
    """In ChatML. A last message of the assistant's stays open: the model goes on from it."""
    parts = []
    if tools:
        parts.append(f"<|im_start|>system\n# Tools\n{go.dumps(list(tools))}<|im_end|>\n")
    for message in messages:
        role = message.get("role", "").lower()
        if role in ROLES:
            parts.append(f"<|im_start|>{role}\n{_content(message)}<|im_end|>\n")
    if prefill(messages):
        return "".join(parts).removesuffix("<|im_end|>\n")
    return "".join(parts) + "<|im_start|>assistant\n"


def prefill(messages: Sequence[Message]) -> str:
    """The text that the model is to go on from, "" if it is to begin."""
    last = messages[-1] if messages else {}
    return last.get("content", "") if last.get("role", "").lower() == "assistant" else ""


def fitted(
    messages: Sequence[Message], tools: Sequence[Any], num_ctx: int, *, may_cut: bool
) -> tuple[list[Message], int]:
    """The messages that fit, and how many tokens their prompt has.

    The oldest go first, but no system message and never the last. A prompt that is still too long
    is cut in its middle. With `may_cut` False what is too long is a Failure.
    """
    kept = list(messages)
    counts = [tokens.count(rendered([message])) for message in kept]
    total = tokens.count(rendered(kept, tools))
    if total > num_ctx and not may_cut:
        raise Failure(400, TOO_LONG)
    at = 0
    while total > num_ctx and at < len(kept) - 1:
        if kept[at].get("role", "").lower() == "system":
            at += 1
            continue
        del kept[at]
        total -= counts.pop(at)
    return kept, min(total, num_ctx)


def _content(message: Message) -> str:
    content: str = message.get("content", "")
    pictures = "".join(f"[img-{number}]" for number in range(len(message.get("images", ()))))
    calls = "".join(
        f"<tool_call>\n{go.dumps(call)}\n</tool_call>" for call in message.get("tool_calls", ())
    )
    return pictures + content + calls
