"""Holds the practice server to the recordings of a real Ollama 0.24.

Every recorded request is sent, and the answer must have the same status, headers, framing, fields
in the same order, and words of errors. Times, digests and the wording of answers are left aside.
"""

import json
from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import Any

import pytest

from inference.practice import PracticeModel, PracticeServer
from inference.practice.models import Models
from inference.practice.names import Name

from .raw_http import Answer, ask
from .recorded import RECORDED, WIRE, recording, texts

# Those of the other endpoints come with the endpoints.
ENDPOINTS = (
    "chat",
    "cors",
    "embed",
    "embeddings",
    "faults",
    "generate",
    "load",
    "ps",
    "root",
    "show",
    "status",
    "tags",
    "unknown",
    "unload",
    "version",
)
NAMES = [
    f"{endpoint}/{path.stem}"
    for endpoint in ENDPOINTS
    for path in sorted((WIRE / endpoint).glob("*.json"))
]
# Fields whose values are left aside; that they are there, and of this type, is not.
ASIDE = {
    "created_at", "modified_at", "expires_at", "digest", "size", "content", "response", "thinking",
    "context", "id", "embedding", "embeddings", "arguments", "token", "logprob", "bytes",
    "total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count",
    "eval_duration",
}  # fmt: skip


@pytest.fixture
def server(server: PracticeServer) -> PracticeServer:
    """Has the models of the recordings."""
    server.models = Models(RECORDED)
    return server


async def post(server: PracticeServer, path: str, **body: Any) -> Answer:
    return await ask(server.url, "POST", path, body=body)


async def send(server: PracticeServer, name: str, chunks: int | None = None) -> Answer:
    request = recording(name)["request"]
    headers = request["headers"]
    if name == "cors/foreign-host":  # the recorder left this header out of its file
        headers = {"Host": "evil.example"}
    body = request["raw"].encode() if "raw" in request else request.get("body")
    return await ask(server.url, request["method"], request["path"], headers, body, chunks=chunks)


# How it comes to the state in which a recording was made

Before = Callable[[PracticeServer], Awaitable[Any]]


def has_loaded(**body: Any) -> Before:
    return lambda server: post(server, "/api/generate", model="pip", **body)


def has(*models: PracticeModel) -> Before:
    async def change(server: PracticeServer) -> None:
        server.models = Models(models)

    return change


def follows(**script: Any) -> Before:
    async def change(server: PracticeServer) -> None:
        server.change(server.script.changed(script))

    return change


PULLED = PracticeModel(
    Name("pip", host="127.0.0.1:5003"), family="llama", parameter_size="2.36M", quantization="F16"
)
BEFORE: dict[str, Before] = {
    "tags/empty": has(),
    "tags/pulled": has(PULLED),
    "ps/loaded": has_loaded(),
    "ps/forever": has_loaded(keep_alive=-1),
    "ps/num-ctx": has_loaded(options={"num_ctx": 512}),
    "chat/format-json": follows(answer='{"a": [' + "1, " * 100),
    "generate/format-json": follows(answer='{"a": [' + "1, " * 100),
    "faults/busy": follows(faults={"kind": "busy"}),
    "faults/busy-generate": follows(faults={"kind": "busy"}),
    "faults/runner-killed": follows(faults={"kind": "crash", "after_lines": 5}),
    "chat/cut-by-client": follows(faults={"kind": "stall", "after_lines": 10}),
}


def masked(value: Any) -> Any:
    """With types in place of what is left aside. A list of pairs keeps the order of the fields."""
    if isinstance(value, dict):
        return [(key, masked_field(key, item)) for key, item in value.items()]
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def masked_field(key: str, value: Any) -> Any:
    if key in ASIDE:
        return type_of(value)
    if key == "parameters":  # in the order of a map in Go: any
        return sorted(value.split("\n"))
    return masked(value)


def type_of(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, type_of(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [type_of(value[0])] if value else []
    return "number" if isinstance(value, int | float) else type(value).__name__


def framing(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers, but of the length only that there is one."""
    aside = {"Content-Length": "…"}
    return sorted((key, aside.get(key, value)) for key, value in headers if key != "Date")


def outline(chunks: list[str]) -> list[Any]:
    """The kinds of lines in their order: of equal neighbours one is left."""
    lines = [masked(json.loads(chunk)) for chunk in chunks]
    return [line for line, _ in groupby(lines)]


@pytest.mark.parametrize("name", NAMES)
async def test_answers_as_recorded(server: PracticeServer, name: str):
    recorded = recording(name)["response"]
    if name in BEFORE:
        await BEFORE[name](server)

    chunks = len(recorded["chunks"]) if recorded.get("complete") is False else None
    answer = await send(server, name, chunks)

    assert (answer.status, answer.reason) == (recorded["status"], recorded["reason"])
    assert framing(answer.headers) == framing(recorded["headers"])
    content_type = answer.header("content-type") or ""
    if content_type.endswith("ndjson"):
        assert answer.complete == recorded["complete"]
        assert all(chunk.count("\n") == 1 and chunk.endswith("\n") for chunk in answer.chunks)
        assert outline(answer.chunks) == outline(texts(name))
    elif "json" in content_type and recording(name)["request"]["method"] != "HEAD":
        (text,) = texts(name)
        assert answer.chunks is None or len(answer.chunks) == 1
        assert answer.body.endswith("\n") == text.endswith("\n")
        assert masked(json.loads(answer.body)) == masked(json.loads(text))
    else:
        assert answer.body == recorded["body"]


@pytest.mark.parametrize(
    "name",
    [
        "chat/stream",
        "chat/length",
        "chat/markdown",
        "chat/turns",
        "chat/unicode",
        "chat/think",
        "chat/created-system",
        "chat/created-messages",
        "chat/long-truncated",
        "chat/prefill",
        "chat/stop-word",
        "chat/think-level",
        "chat/think-off",
        "chat/tools-whole",
        "chat/whole",
    ],
)
async def test_says_what_was_recorded(server: PracticeServer, name: str):
    """Stop words, num_predict, prefill and tools act on an answer as they did on the real one."""
    answer = await send(server, name)

    def words(bodies: list[str]) -> list[Any]:
        messages = [json.loads(body)["message"] for body in bodies]
        said = [(each["content"], each.get("thinking")) for each in messages]
        calls = [
            call["function"] for each in messages for call in each.get("tool_calls", ())
        ]  # fmt: skip
        return [said, calls]

    assert words(answer.chunks or [answer.body]) == words(texts(name))
