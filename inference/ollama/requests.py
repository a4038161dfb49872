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


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """POST /api/create, for servers since 0.5.5; a model of that name is replaced.

    What is left out comes from the source. Ollama takes parameters of any name and type, and
    fails when the model is used: see `parameters.check`.
    """

    model: str
    source: str = ""  # "from": the model it is made from, pulled first if it is not installed
    files: dict[str, str] = field(default_factory=dict)  # name to digest of a blob; no source then
    adapters: dict[str, str] = field(default_factory=dict)  # likewise; one GGUF at most
    template: str = ""
    system: str = ""
    license: list[str] = field(default_factory=list)  # added to those of the source
    parameters: dict[str, Any] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    quantize: str = ""  # "q4_K_M", "q4_K_S", "q8_0"; the source must be F16, BF16 or F32
    renderer: str = ""
    parser: str = ""
    requires: str = ""  # the least version of Ollama
    draft_files: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON of the request."""
        given = {name: value for name, value in _given(self).items() if value not in ("", [])}
        if "source" in given:
            given["from"] = given.pop("source")
        return {**given, "stream": True}


def _given(request: ChatRequest | GenerateRequest | EmbedRequest | CreateRequest) -> dict[str, Any]:
    values = ((entry.name, getattr(request, entry.name)) for entry in fields(request))
    return {name: value for name, value in values if value is not None and value != {}}
