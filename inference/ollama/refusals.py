"""Tells from what Ollama said which of our exceptions it is. No I/O.

The status decides where it can, then words that Ollama is known to use (versions 0.1 to 0.33).
"""

import json
import re

from .errors import (
    BadAnswer,
    Busy,
    Interrupted,
    ModelMissing,
    NotAble,
    OllamaError,
    Refused,
    TooLong,
    Unreachable,
)
from .lines import clean_text

LONGEST_SAID = 600  # characters of Ollama's words that go into a message

BY_STATUS: dict[int, type[OllamaError]] = {
    401: Refused,
    403: Refused,
    405: NotAble,
    407: Refused,
    408: Interrupted,
    413: TooLong,
    429: Busy,
    499: Interrupted,
    501: NotAble,
    502: Unreachable,
    503: Busy,
    504: Unreachable,
}

Kinds = tuple[tuple[re.Pattern[str], type[OllamaError]], ...]


def kinds(*pairs: tuple[str, type[OllamaError]]) -> Kinds:
    """Patterns of words, and what they mean. The first that is found decides."""
    return tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in pairs)


# The narrow ones stand above the wide ones.
BY_WORDS = kinds(
    (r"raw mode does not support", Refused),  # a contradiction in the request
    (r"exceed_context_size_error", TooLong),
    (r"exceeds? (the |the available |maximum )?context (length|size)", TooLong),
    (r"longer than the context length", TooLong),
    (r"does not support|is not supported|are not currently supported", NotAble),
    (r"missing data required for image", NotAble),
    (r"requires more system memory|out[ -]of[ -]memory|unable to load full model", NotAble),
    (r"may be incompatible with your version", NotAble),
    (r"model .{0,400}not found|not found, try pulling", ModelMissing),
    (r"server busy|maximum pending requests", Busy),
    (r"unexpectedly stopped|process has terminated|timed out waiting", Interrupted),
    (r"error was encountered while running the model|unexpected EOF$", Interrupted),
)


def refusal(status: int, body: bytes, by_words: Kinds = BY_WORDS) -> OllamaError:
    """The exception for an answer with a status that is no success."""
    raw = body.decode("utf-8", "replace")
    is_json = raw.lstrip().startswith("{")
    said = _readable(_unwrap(raw) if is_json else raw)
    if status in BY_STATUS:
        return BY_STATUS[status](said)
    if 300 <= status < 400:
        return BadAnswer(f"it redirects elsewhere, status {status}")
    if not is_json and status == 404:
        # Ollama's own words for a path that its version does not know; else it is no Ollama.
        return NotAble(said) if said == "404 page not found" else BadAnswer("status 404")
    if kind := _kind_by_words(raw, by_words):
        # "unexpected EOF" of a 400 is about our request, not about the model's end.
        return Refused(said) if status == 400 and kind.retryable else kind(said)
    if status == 404:
        return ModelMissing(said)
    if 400 <= status < 600:
        return Refused(said or f"status {status}")
    return BadAnswer(f"status {status}")


def failure(
    said: object, by_words: Kinds = BY_WORDS, otherwise: type[OllamaError] = Interrupted
) -> OllamaError:
    """The exception for the `error` of a line, in a stream whose status was 200."""
    raw = said if isinstance(said, str) else json.dumps(said)
    return (_kind_by_words(raw, by_words) or otherwise)(_readable(_unwrap(said)))


def _kind_by_words(text: str, by_words: Kinds) -> type[OllamaError] | None:
    return next((kind for pattern, kind in by_words if pattern.search(text)), None)


def _unwrap(value: object) -> str:
    """The text inside errors such as `{"error": "{\\"error\\": {\\"message\\": …}}"}`.

    The runner's JSON leaks through Ollama's up to two levels deep; what is no error is as it came.
    """
    shown = value
    for _ in range(3):  # Ollama's own object, and two inside it
        if isinstance(shown, str) and shown.lstrip().startswith("{"):
            try:
                shown = json.loads(shown)
            except (ValueError, RecursionError):
                break
        if isinstance(shown, dict):
            shown = shown.get("error", shown)
        if isinstance(shown, dict):
            shown = shown.get("message", shown)
    return shown if isinstance(shown, str) else json.dumps(shown)


def _readable(text: str) -> str:
    """One line of bounded length, without characters that a page or a database would not take."""
    line = " ".join(clean_text(text[: 4 * LONGEST_SAID]).split())
    return line if len(line) <= LONGEST_SAID else line[:LONGEST_SAID] + "…"
