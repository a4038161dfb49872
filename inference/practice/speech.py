"""Cuts what a model would say by stop words, by num_predict and by the context."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import go, options, tokens
from .wording import Said

# Tokens that a thinking model spends on its tags, which Ollama takes out.
TAG_TOKENS = 10


@dataclass(frozen=True)
class Speech:
    """What the model does say; `tokens` counts the tags and the end too."""

    said: Said
    done_reason: str
    tokens: int


def spoken(
    said: Said,
    chosen: Mapping[str, Any],
    *,
    prefill: str = "",
    prompt_tokens: int = 0,
    num_ctx: int = options.DEFAULT_NUM_CTX,
    shift: bool = True,
) -> Speech:
    """`chosen` are the options; `prefill` is text that has been said already."""
    if prefill:
        said = replace(said, text=after(said.text, prefill), thinking=())
    said = replace(said, text=_until_stop(said.text, chosen.get("stop", ())))
    overhead = TAG_TOKENS if said.thinking else 0
    most = num_ctx * options.LONGEST_ANSWER
    if (wanted := chosen.get("num_predict", -1)) > 0:
        most = min(most, wanted)
    if not shift:
        most = min(most, max(1, num_ctx - prompt_tokens))
    calls = sum(tokens.count(go.dumps(call)) for call in said.tool_calls)
    total = len(said.thinking) + overhead + len(said.text) + calls
    if total > most:
        thinking = said.thinking[:most]
        text = said.text[: max(0, most - len(said.thinking) - overhead)]
        return Speech(Said(text, thinking), "length", most)
    return Speech(said, "stop", total + 1)


def after(pieces: Sequence[str], prefill: str) -> tuple[str, ...]:
    """What follows the prefill where the pieces begin with it, else all of them."""
    if not "".join(pieces).startswith(prefill):
        return tuple(pieces)
    left = len(prefill)
    for number, piece in enumerate(pieces):
        if left < len(piece):
            return (piece[left:], *pieces[number + 1 :])
        left -= len(piece)
    return ()


def _until_stop(pieces: tuple[str, ...], words: Sequence[str]) -> tuple[str, ...]:
    text = "".join(pieces)
    found = [at for word in words if word and (at := text.find(word)) >= 0]
    if not found:
        return pieces
    kept, left = [], min(found)
    for piece in pieces:
        if left <= 0:
            break
        kept.append(piece[:left])
        left -= len(piece)
    return tuple(kept)
