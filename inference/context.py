"""Cuts a conversation to what the model can take in, so that we know and show what it sees.

Left to itself Ollama drops old messages without a word. We drop whole turns (a question with all
that answered it), the oldest first. Once the history is too long it is cut to three quarters of the
room, not to all of it: then several turns fit before the next cut, and until then each prompt
begins as the one before it did, which is what Ollama's prefix cache lives on.

Which turns are dropped depends on the history alone. It is found by walking through the
conversation as it grew, so nothing has to be remembered between two prompts.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inference.weighing import weigh

Message = dict[str, Any]

# Tokens that a model is taken to hold as long as nobody has seen it loaded: Ollama's smallest.
ASSUMED_NUM_CTX = 4096
# Fewer than most tokenizers need for English, as a prompt that is too long costs more.
CHARACTERS_PER_TOKEN = 3.5
# What the template puts around each message, in tokens.
AROUND_A_MESSAGE = 6
# Of an image, as long as no answer told how many the model makes of one.
IMAGE_TOKENS = 1000
# The part of the room that is left filled by a cut.
KEPT = 0.75
# Of what was asked for, the answer gets at most this part of the context; a quarter if nothing was.
LONGEST_ANSWER = 0.5
USUAL_ANSWER = 0.25
# Characters below which a prompt is mostly template, and says little about the words.
ENOUGH_TO_LEARN = 400
# Beyond these Ollama has cut the prompt itself, or counted something else.
PLAUSIBLE = (0.5, 7.0)
LEAST_IMAGE_TOKENS, MOST_IMAGE_TOKENS = 1, 20_000


@dataclass(frozen=True)
class Cut:
    """What is sent: the messages, how many were dropped, and what is left by our estimate."""

    messages: list[Message]
    dropped: int
    characters: int
    tokens: int
    fits: bool  # False where what may not be dropped is too long already


def cut(
    messages: Sequence[Message],
    num_ctx: int | None,
    *,
    answer_tokens: int | None = None,
    characters_per_token: float | None = None,
    image_tokens: float | None = None,
) -> Cut:
    """Drops the oldest turns that do not fit into `num_ctx` tokens beside an answer.

    `answer_tokens` is `num_predict` where it was asked for. The system messages at the beginning
    and the last question with all after it always stay. `characters_per_token` and `image_tokens`
    are what was learned for the model.
    """
    window = num_ctx or ASSUMED_NUM_CTX
    # Coarse, so that learning a little more does not move the cut and with it the prefix.
    ratio = round(characters_per_token or CHARACTERS_PER_TOKEN, 1)
    image = math.ceil((image_tokens or IMAGE_TOKENS) / 8) * 8

    def size(message: Message) -> int:
        return tokens(message, ratio, image)

    room = window - _room_for_answer(window, answer_tokens)
    system, turns = _turns(messages)
    fixed = sum(size(message) for message in system)
    sizes = [[size(message) for message in turn] for turn in turns]
    first = _first_turn(sizes, room - fixed)
    kept = [*system, *(message for turn in turns[first:] for message in turn)]
    estimate = fixed + sum(map(sum, sizes[first:]))
    return Cut(
        messages=kept,
        dropped=len(messages) - len(kept),
        characters=sum(characters(message) for message in kept),
        tokens=estimate,
        fits=estimate <= room,
    )


def characters(message: Message) -> int:
    """What a message gives the model to read, in characters of English; images left out."""
    count = weigh(message.get("content") or "") + weigh(message.get("thinking") or "")
    if calls := message.get("tool_calls"):
        count += weigh(json.dumps(calls, ensure_ascii=False))
    return count


def tokens(message: Message, ratio: float, image_tokens: int = IMAGE_TOKENS) -> int:
    """About how many tokens a message is, with what the template puts around it."""
    images = len(message.get("images") or ()) * image_tokens
    return math.ceil(characters(message) / ratio) + images + AROUND_A_MESSAGE


def characters_per_token(sent: dict[str, Any], prompt_tokens: int | None) -> float | None:
    """What a prompt tells about the model's tokens, from what was sent and what Ollama counted.

    `sent` has "characters" (of English, as `weigh` reckons) and "messages" as they were sent, and
    no images. None if it tells nothing.
    """
    count, messages = sent.get("characters", 0), sent.get("messages", 0)
    if count < ENOUGH_TO_LEARN or not prompt_tokens or sent.get("images"):
        return None
    ratio = count / max(prompt_tokens - messages * AROUND_A_MESSAGE, 1)
    return ratio if PLAUSIBLE[0] <= ratio <= PLAUSIBLE[1] else None


def image_tokens(
    sent: dict[str, Any], prompt_tokens: int | None, characters_per_token: float | None
) -> float | None:
    """What a prompt tells about the tokens of an image; None if it tells nothing.

    A prompt that fills the context was cut by Ollama, and what it had more was not counted.
    """
    images = sent.get("images", 0)
    if not images or not prompt_tokens or prompt_tokens >= (sent.get("num_ctx") or math.inf):
        return None
    words = sent.get("characters", 0) / (characters_per_token or CHARACTERS_PER_TOKEN)
    around = sent.get("messages", 0) * AROUND_A_MESSAGE
    each = (prompt_tokens - words - around) / images
    return each if LEAST_IMAGE_TOKENS <= each <= MOST_IMAGE_TOKENS else None


def _room_for_answer(window: int, wanted: int | None) -> int:
    if wanted is None or wanted <= 0:
        return int(window * USUAL_ANSWER)
    return min(wanted, int(window * LONGEST_ANSWER))


def _turns(messages: Sequence[Message]) -> tuple[list[Message], list[list[Message]]]:
    """The system messages at the beginning, and the turns: each begins with what a user says."""
    head = 0
    while head < len(messages) and messages[head].get("role") == "system":
        head += 1
    turns: list[list[Message]] = []
    for message in messages[head:]:
        if message.get("role") == "user" or not turns:
            turns.append([])
        turns[-1].append(message)
    return list(messages[:head]), turns


def _first_turn(turns: list[list[int]], room: int) -> int:
    """The index of the first turn to send, given the tokens of the messages of each."""
    first = 0
    before = 0  # tokens of the turns from `first` on that are over
    for index, turn in enumerate(turns):
        # When the question of this turn was sent, the answer was not there yet.
        now = sum(turn) if index == len(turns) - 1 else turn[0]
        if before + now > room:
            while first < index and before + now > room * KEPT:
                before -= sum(turns[first])
                first += 1
        before += sum(turn)
    return first
