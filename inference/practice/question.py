"""What /api/chat and /api/generate are asked: the fields of the request, read and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import decoding, lines
from .models import PracticeModel
from .outcome import Failure
from .prompts import Message

_SHARED = {
    "model": decoding.text,
    "stream": decoding.flag,
    "format": decoding.anything,
    "keep_alive": decoding.keep_alive,
    "options": decoding.mapping,
    "think": decoding.think,
    "truncate": decoding.flag,
    "shift": decoding.flag,
    "logprobs": decoding.flag,
    "top_logprobs": decoding.integer,
    "_debug_render_only": decoding.flag,
}
_IMAGES = decoding.listed(decoding.image, "[]api.ImageData")
MESSAGE = decoding.record(
    {
        "role": decoding.text,
        "content": decoding.text,
        "thinking": decoding.text,
        "images": _IMAGES,
        "tool_calls": decoding.listed(decoding.mapping, "[]api.ToolCall"),
        "tool_name": decoding.text,
        "tool_call_id": decoding.text,
    },
    "api.Message",
)
_CHAT = _SHARED | {
    "messages": decoding.listed(MESSAGE, "[]api.Message"),
    "tools": decoding.listed(decoding.mapping, "[]api.Tool"),
}
_GENERATE = _SHARED | {
    "prompt": decoding.text,
    "suffix": decoding.text,
    "system": decoding.text,
    "template": decoding.text,
    "context": decoding.listed(decoding.integer, "[]int"),
    "raw": decoding.flag,
    "images": _IMAGES,
}
MOST_LOGPROBS = 20


@dataclass(frozen=True)
class Question:
    """One request to either endpoint. What was not given has Ollama's default."""

    asked: Mapping[str, Any]
    dialect: lines.Dialect

    @classmethod
    def of_chat(cls, body: bytes) -> "Question":
        question = cls(decoding.body(body, "ChatRequest", _CHAT), lines.Chat())
        if not question.model:
            raise Failure(400, "model is required")
        return question.checked()

    @classmethod
    def of_generate(cls, body: bytes) -> "Question":
        question = cls(decoding.body(body, "GenerateRequest", _GENERATE), lines.Generate())
        if not question.model:
            raise Failure(404, "model '' not found")
        return question.checked()

    def checked(self) -> "Question":
        if not 0 <= self.top_logprobs <= MOST_LOGPROBS:
            raise Failure(400, f"top_logprobs must be between 0 and {MOST_LOGPROBS}")
        return self

    def check_able(self, model: PracticeModel) -> None:
        """A Failure for what the model cannot do, in the order in which Ollama looks."""
        if self.raw and any(self.asked.get(name) for name in ("template", "system", "context")):
            raise Failure(400, "raw mode does not support template, system, or context")
        if not model.can("completion"):
            raise Failure(400, f'"{self.model}" does not support {self.dialect.name}')
        if self.asked.get("think") and not model.can("thinking"):
            raise Failure(400, f'"{self.model}" does not support thinking')
        wanted = {"tools": self.tools, "insert": self.asked.get("suffix")}
        missing = [name for name, asked in wanted.items() if asked and not model.can(name)]
        if missing:
            raise Failure(400, f"{model.name.full} does not support " + "\n".join(missing))

    def messages(self, model: PracticeModel) -> list[Message]:
        """What the model is given, its own system text and messages first."""
        if "messages" in self.asked:
            given: Sequence[Message] = self.asked["messages"]
            own = given[0].get("role", "").lower() == "system"
            system = "" if own else model.system
        else:
            images = self.asked.get("images", ())
            given = [{"role": "user", "content": self.asked["prompt"], "images": images}]
            system = "" if self.raw else self.asked.get("system") or model.system
        first = [{"role": "system", "content": system}] if system else []
        return [*first, *model.messages, *given]

    def thinks(self, model: PracticeModel) -> bool:
        """A model that can think does, unless it is told not to."""
        return model.can("thinking") and self.asked.get("think") is not False

    @property
    def model(self) -> str:
        """The name as it was typed."""
        name: str = self.asked.get("model", "")
        return name

    @property
    def only_loads(self) -> bool:
        """Nothing is asked: the model is to be loaded, or with `keep_alive` 0 unloaded."""
        return not self.asked.get("messages") and not self.asked.get("prompt")

    @property
    def keep_alive(self) -> float | None:
        """Seconds; None: as it was."""
        return self.asked.get("keep_alive")

    @property
    def streams(self) -> bool:
        return bool(self.asked.get("stream", True))

    @property
    def raw(self) -> bool:
        return bool(self.asked.get("raw"))

    @property
    def tools(self) -> Sequence[Mapping[str, Any]]:
        tools: Sequence[Mapping[str, Any]] = self.asked.get("tools", ())
        return tools

    @property
    def options(self) -> Mapping[str, Any]:
        chosen: Mapping[str, Any] = self.asked.get("options", {})
        return chosen

    @property
    def context(self) -> list[int]:
        return list(self.asked.get("context", ()))

    @property
    def may_cut(self) -> bool:
        return bool(self.asked.get("truncate", True))

    @property
    def shifts(self) -> bool:
        return bool(self.asked.get("shift", True))

    @property
    def wants_logprobs(self) -> bool:
        return bool(self.asked.get("logprobs"))

    @property
    def top_logprobs(self) -> int:
        return int(self.asked.get("top_logprobs", 0))

    @property
    def only_renders(self) -> bool:
        return bool(self.asked.get("_debug_render_only"))
