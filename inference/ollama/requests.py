"""What can be asked of Ollama. `None` means not sent: the server's or the model's default holds."""

from dataclasses import dataclass, field, fields
from typing import Any

Message = dict[str, Any]  # role, content, and images, thinking, tool_calls, tool_name as needed
KeepAlive = int | float | str  # seconds or a Go duration ("10m"); negative: for ever; 0: unload now


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """POST /api/chat. A last message of the assistant's is gone on from."""

    model: str
    messages: list[Message]
    options: dict[str, Any] = field(default_factory=dict)
    think: bool | str | None = None
    format: str | dict[str, Any] | None = None  # "json" or a JSON Schema
    tools: list[dict[str, Any]] | None = None
    keep_alive: KeepAlive | None = None
    truncate: bool | None = None
    shift: bool | None = None

    def body(self) -> dict[str, Any]:
        """The JSON of the request."""
        return {**_given(self), "stream": True}


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """POST /api/generate. An empty prompt loads the model and generates nothing."""

    model: str
    prompt: str = ""
    system: str | None = None
    template: str | None = None
    suffix: str | None = None
    raw: bool | None = None
    images: list[str] | None = None  # base64, without "data:"
    context: list[int] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    think: bool | str | None = None
    format: str | dict[str, Any] | None = None
    keep_alive: KeepAlive | None = None
    truncate: bool | None = None
    shift: bool | None = None

    def body(self) -> dict[str, Any]:
        """The JSON of the request."""
        return {**_given(self), "stream": True}


@dataclass(frozen=True, slots=True)
class EmbedRequest:
    """POST /api/embed. One vector comes for each text, in their order."""

    model: str
    input: list[str]
    truncate: bool | None = None
    dimensions: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    keep_alive: KeepAlive | None = None

    def body(self) -> dict[str, Any]:
        """The JSON of the request."""
        return _given(self)


def _given(request: ChatRequest | GenerateRequest | EmbedRequest) -> dict[str, Any]:
    values = ((entry.name, getattr(request, entry.name)) for entry in fields(request))
    return {name: value for name, value in values if value is not None and value != {}}
