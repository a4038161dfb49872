"""What the made-up models say: plainly that they are made up, and what one asks to see."""

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import go, samples, schemas, tokens
from .models import PracticeModel
from .outcome import Failure
from .prompts import ROLES, Message
from .script import Script

INTRODUCTION = "This is the practice server; no model is behind it."
HINT = (
    "You can ask me to show Markdown, a table, code, maths, lists, links, emoji or a long answer."
)
# Characters of a system prompt that are repeated.
LONGEST_SYSTEM = 500
# What Webchat asks for a title with; the words of the title that is answered.
TITLE_WANTED = "Write a title of at most five words"
TITLE_WORDS = 4
_LONG = re.compile(r"\blong (answer|story|text)\b")
_VERY = re.compile(r"\bvery long\b")
PARAGRAPHS, MANY_PARAGRAPHS = 30, 300


@dataclass(frozen=True)
class Said:
    """What a model would say if nothing stopped it, in the pieces in which it streams."""

    text: tuple[str, ...] = ()
    thinking: tuple[str, ...] = ()
    tool_calls: tuple[Mapping[str, Any], ...] = ()


def say(
    model: PracticeModel,
    messages: Sequence[Message],
    script: Script,
    *,
    thinks: bool,
    tools: Sequence[Any] = (),
    wanted: Any = None,
) -> Said:
    """The answer to the last message; `wanted` is "json", a JSON Schema, or None for free text."""
    question, images = _question(messages)
    known = model.answers.get(question)
    thinking: tuple[str, ...] = ()
    if thinks:
        thinking = known.thinking if known else _thoughts(question)
        if script.thinking is not None:
            thinking = _pieces(script.thinking)
    if script.tool_calls is not None:
        return Said(thinking=thinking, tool_calls=script.tool_calls)
    if script.answer is not None:
        return Said(_pieces(script.answer), thinking)
    result = _tool_result(messages)
    call = None if result else _call(question, tools)
    if call:
        return Said(thinking=thinking, tool_calls=(call,))
    if wanted is not None:
        return Said(tokens.pieces(_as_json(wanted, question)), thinking)
    if known:
        return Said(known.text, thinking)
    if question.startswith(TITLE_WANTED):
        return Said(tokens.pieces(_title(messages)), thinking)
    return Said(tokens.pieces(result or _words(question, images, _system(messages))), thinking)


def checked_format(value: Any) -> Any:
    """None for free text; what is neither "json" nor a schema is a Failure."""
    if value is None or value == "":
        return None
    if value == "json" or isinstance(value, dict):
        return value
    shown = go.dumps(go.dumps(value))
    raise Failure(
        500, f'invalid format: {shown}; expected "json" or a valid JSON Schema object', at_work=True
    )


def _pieces(scripted: str | tuple[str, ...]) -> tuple[str, ...]:
    return tokens.pieces(scripted) if isinstance(scripted, str) else scripted


def _question(messages: Sequence[Message]) -> tuple[str, Sequence[bytes]]:
    for message in reversed(messages):
        if message.get("role", "").lower() == "user":
            return message.get("content", ""), message.get("images", ())
    return "", ()


def _title(messages: Sequence[Message]) -> str:
    """The first words of what was asked first."""
    asked = [each.get("content", "") for each in messages if each.get("role", "").lower() == "user"]
    words = re.findall(r"[^\W_]+", asked[0])[:TITLE_WORDS]
    return " ".join(["Practice:", *words]) if len(asked) > 1 else "Practice"


def _system(messages: Sequence[Message]) -> str:
    """The system prompt, cut where it is long."""
    texts = [
        each.get("content", "") for each in messages if each.get("role", "").lower() == "system"
    ]
    text = "\n".join(texts).strip()
    return text if len(text) <= LONGEST_SYSTEM else text[:LONGEST_SYSTEM] + "…"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _words(question: str, images: Sequence[bytes], system: str) -> str:
    if sample := samples.asked_for(question):
        return f"{INTRODUCTION} Here is what you asked to see.\n\n{sample}"
    if _LONG.search(question.lower()):
        many = MANY_PARAGRAPHS if _VERY.search(question.lower()) else PARAGRAPHS
        return f"{INTRODUCTION}\n\n{samples.long_answer(many)}"
    parts = [INTRODUCTION]
    if system:
        parts.append(f"My system prompt says:\n\n{_quoted(system)}")
    parts += [f"Image {number}: {_described(data)}." for number, data in enumerate(images, 1)]
    if question.strip():
        parts.append(f"You wrote:\n\n{_quoted(question.strip())}")
    return "\n\n".join([*parts, HINT])


def _thoughts(question: str) -> tuple[str, ...]:
    return tokens.pieces(
        f"The person wrote {len(question)} characters. {INTRODUCTION} "
        "So I only pretend to think, say so, and answer.\n"
    )


def _described(data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return f"a PNG of {width} × {height} pixels, {len(data)} bytes"
    kinds = {b"\xff\xd8\xff": "a JPEG", b"GIF8": "a GIF", b"RIFF": "a WebP"}
    kind = next((name for start, name in kinds.items() if data.startswith(start)), "a file")
    return f"{kind} of {len(data)} bytes"


def _as_json(wanted: Any, question: str) -> str:
    if wanted == "json":
        return go.dumps({"practice": True, "note": INTRODUCTION, "question": question})
    return go.dumps(schemas.made_up(wanted))


def _tool_result(messages: Sequence[Message]) -> str:
    heard = [each for each in messages if each.get("role", "").lower() in ROLES]
    if not heard or heard[-1].get("role", "").lower() != "tool":
        return ""
    name = heard[-1].get("tool_name") or "The tool"
    return f"{INTRODUCTION} {name} says: {heard[-1].get('content', '')}"


def _call(question: str, tools: Sequence[Any]) -> Mapping[str, Any] | None:
    """A call of the first tool whose name or part of it is in the question, or of any if asked."""
    asked = set(re.findall(r"\w+", question.lower()))
    for tool in tools:
        function = tool.get("function", {}) if isinstance(tool, Mapping) else {}
        name = str(function.get("name", ""))
        words = {word for word in re.split(r"[\W_]+", name.lower()) if len(word) > 3}
        if asked & (words | {name.lower(), "tool", "tools"}):
            capitalised = re.findall(r"(?<=\s)[A-Z]\w+", question)
            text = capitalised[-1] if capitalised else "practice"
            arguments = schemas.made_up(function.get("parameters", {"type": "object"}), text)
            return {"name": name, "arguments": arguments}
    return None
