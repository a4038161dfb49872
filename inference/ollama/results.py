"""What Ollama answers, typed. Unknown fields pass; a field of the wrong type is a BadAnswer.

Durations are nanoseconds, sizes bytes, times aware and in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from .errors import BadAnswer
from .job_refusals import job_failure
from .refusals import failure

# What the integers of a database hold: bytes and nanoseconds in a big one, tokens in a plain one.
MOST = 2**63 - 1
MOST_TOKENS = 2**31 - 1

_T = TypeVar("_T")
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost. A count that the server left out is 0."""

    prompt_tokens: int
    answer_tokens: int
    total_ns: int
    load_ns: int
    prompt_ns: int
    answer_ns: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of a chat's or a generation's answer; most hold a token or two of text."""

    content: str
    thinking: str
    tool_calls: list[_Json]
    done: bool
    done_reason: str  # "stop", "length", "load", "unload"; "" unless done
    usage: Usage | None  # only when done


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A line of /api/tags. Servers before 0.30 leave out capabilities and context_length."""

    name: str
    digest: str
    size: int
    modified_at: datetime | None
    family: str
    parameter_size: str
    quantization: str
    capabilities: list[str] | None
    context_length: int | None  # that the model was trained for
    remote_host: str  # where Ollama would send the prompts; "" for a model that runs here
    remote_model: str


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A line of /api/ps."""

    name: str
    digest: str
    size: int
    size_vram: int
    expires_at: datetime | None
    context_length: int | None  # num_ctx in force; None from servers before 0.11


@dataclass(frozen=True, slots=True)
class ModelDetails:
    """The answer of /api/show; `raw` is all of it."""

    capabilities: list[str]
    context_length: int | None  # that the model was trained for
    family: str
    parameter_size: str
    quantization: str
    template: str
    system: str
    parameters: str
    license: str
    model_info: _Json
    modified_at: datetime | None
    remote_host: str
    raw: _Json


@dataclass(frozen=True, slots=True)
class Progress:
    """A line of a pull, push or create. Sizes are bytes; 0 where the line has none."""

    status: str  # in Ollama's words, such as "pulling 797b70c4edf8", "writing manifest", "success"
    digest: str  # of the layer that is counted, "" for none; zeros while it quantises
    total: int
    completed: int


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The vectors of /api/embed, in the order of the texts."""

    vectors: list[list[float]]
    prompt_tokens: int
    total_ns: int
    load_ns: int


def chat_piece(line: _Json) -> Piece:
    """A line of /api/chat. An error line raises the exception that it means."""
    return _piece(line, line.get("message") or {}, "content")


def generate_piece(line: _Json) -> Piece:
    """A line of /api/generate. An error line raises the exception that it means."""
    return _piece(line, line, "response")


def progress(line: _Json) -> Progress:
    """A line of /api/pull, push or create. An error line raises the exception that it means."""
    if "error" in line:
        raise job_failure(line["error"])
    return Progress(
        status=_text(line, "status"),
        digest=_text(line, "digest"),
        total=_count(line, "total"),
        completed=_count(line, "completed"),
    )


def installed_models(answer: _Json) -> list[InstalledModel]:
    return [_installed(entry) for entry in _models(answer)]


def loaded_models(answer: _Json) -> list[LoadedModel]:
    return [
        LoadedModel(
            name=_text(entry, "name"),
            digest=_text(entry, "digest"),
            size=_count(entry, "size"),
            size_vram=_count(entry, "size_vram"),
            expires_at=_time(entry, "expires_at"),
            context_length=_tokens(entry, "context_length") or None,
        )
        for entry in _models(answer)
    ]


def model_details(answer: _Json) -> ModelDetails:
    details = _object(answer, "details")
    info = _object(answer, "model_info")
    architecture = _text(info, "general.architecture")
    return ModelDetails(
        capabilities=_texts(answer, "capabilities"),
        context_length=_tokens(info, f"{architecture}.context_length") or None,
        family=_text(details, "family"),
        parameter_size=_text(details, "parameter_size"),
        quantization=_text(details, "quantization_level"),
        template=_text(answer, "template"),
        system=_text(answer, "system"),
        parameters=_text(answer, "parameters"),
        license=_text(answer, "license"),
        model_info=info,
        modified_at=_time(answer, "modified_at"),
        remote_host=_text(answer, "remote_host"),
        raw=answer,
    )


def embeddings(answer: _Json) -> Embeddings:
    vectors = _field(answer, "embeddings", list, [])
    for vector in vectors:
        if not isinstance(vector, list) or not all(isinstance(n, float | int) for n in vector):
            raise BadAnswer("embeddings that are no numbers")
    return Embeddings(
        vectors=vectors,
        prompt_tokens=_tokens(answer, "prompt_eval_count"),
        total_ns=_count(answer, "total_duration"),
        load_ns=_count(answer, "load_duration"),
    )


def version(answer: _Json) -> str:
    if text := _text(answer, "version"):
        return text
    raise BadAnswer("no version")


def _models(answer: _Json) -> list[_Json]:
    """The list of models. Without one it is some other answer, which must not read as "none"."""
    if "models" not in answer:
        raise BadAnswer("no list of models")
    return _objects(answer, "models")


def _piece(line: _Json, holder: Any, text_field: str) -> Piece:
    if "error" in line:
        raise failure(line["error"])
    if not isinstance(holder, dict):
        raise BadAnswer("a message that is no object")
    # Runs for every token: no helper is called for the fields that a line seldom has.
    content = holder.get(text_field) or ""
    thinking = holder.get("thinking") or ""
    if not isinstance(content, str) or not isinstance(thinking, str):
        raise BadAnswer("text that is no text")
    calls = _objects(holder, "tool_calls") if "tool_calls" in holder else []
    if line.get("done") is not True:
        return Piece(content, thinking, calls, False, "", None)
    usage = Usage(
        prompt_tokens=_tokens(line, "prompt_eval_count"),
        answer_tokens=_tokens(line, "eval_count"),
        total_ns=_count(line, "total_duration"),
        load_ns=_count(line, "load_duration"),
        prompt_ns=_count(line, "prompt_eval_duration"),
        answer_ns=_count(line, "eval_duration"),
    )
    return Piece(content, thinking, calls, True, _text(line, "done_reason"), usage)


def _installed(entry: _Json) -> InstalledModel:
    details = _object(entry, "details")
    return InstalledModel(
        name=_text(entry, "name"),
        digest=_text(entry, "digest"),
        size=_count(entry, "size"),
        modified_at=_time(entry, "modified_at"),
        family=_text(details, "family"),
        parameter_size=_text(details, "parameter_size"),
        quantization=_text(details, "quantization_level"),
        capabilities=_texts(entry, "capabilities") if "capabilities" in entry else None,
        context_length=_tokens(details, "context_length") or None,
        remote_host=_text(entry, "remote_host"),
        remote_model=_text(entry, "remote_model"),
    )


def _field(holder: _Json, name: str, kind: type[_T], default: _T) -> _T:
    """The field, or `default` where it is absent or null, which mean the same in Go's JSON."""
    value = holder.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise BadAnswer(f"a wrong type in {name}")
    return value


def _text(holder: _Json, name: str) -> str:
    return _field(holder, name, str, "")


def _count(holder: _Json, name: str, most: int = MOST) -> int:
    """A number of bytes or nanoseconds; what is none, or negative, counts as 0."""
    value = holder.get(name)
    return min(max(value, 0), most) if type(value) is int else 0


def _tokens(holder: _Json, name: str) -> int:
    return _count(holder, name, MOST_TOKENS)


def _object(holder: _Json, name: str) -> _Json:
    empty: _Json = {}
    return _field(holder, name, dict, empty)


def _objects(holder: _Json, name: str) -> list[_Json]:
    entries = _field(holder, name, list, [])
    if not all(isinstance(entry, dict) for entry in entries):
        raise BadAnswer(f"a wrong type in {name}")
    return entries


def _texts(holder: _Json, name: str) -> list[str]:
    return [entry for entry in _field(holder, name, list, []) if isinstance(entry, str)]


def _time(holder: _Json, name: str) -> datetime | None:
    """An RFC 3339 time; None where there is none, or none that a database could store."""
    try:
        moment = datetime.fromisoformat(_text(holder, name))
        return moment.astimezone(UTC) if moment.tzinfo and moment.year > 1 else None
    except (ValueError, OverflowError):
        return None
