"""Holds the practice server to the recordings of a real Ollama 0.24.

Every recorded request is sent, and the answer must have the same status, headers, framing, fields
in the same order, and words of errors. Times, digests and the wording of answers are left aside.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from itertools import groupby
from typing import Any

import pytest

from inference.practice import PracticeModel, PracticeServer
from inference.practice.blobs import Blob
from inference.practice.names import Name

from .asking import post
from .raw_http import Answer, ask
from .recorded import PIP, RECORDED, WIRE, recording, texts

# All that it speaks: /v1 it does not.
ENDPOINTS = (
    "blobs",
    "chat",
    "copy",
    "cors",
    "create",
    "delete",
    "embed",
    "embeddings",
    "faults",
    "generate",
    "load",
    "ps",
    "pull",
    "push",
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
    server.have(RECORDED)
    return server


async def send(server: PracticeServer, name: str, chunks: int | None = None) -> Answer:
    request = recording(name)["request"]
    headers = request["headers"]
    if name == "cors/foreign-host":  # the recorder left this header out of its file
        headers = {"Host": "evil.example"}
    body = request["raw"].encode() if "raw" in request else request.get("body")
    path = request["path"]
    if name == "blobs/created":  # the file says of the bytes only how many they were
        body = b"GGUF" + bytes(1000)
        path = f"/api/blobs/sha256:{sha256(body).hexdigest()}"
    return await ask(server.url, request["method"], path, headers, body, chunks=chunks)


# How it comes to the state in which a recording was made

Before = Callable[[PracticeServer], Awaitable[Any]]


def has_loaded(**body: Any) -> Before:
    return lambda server: post(server, "/api/generate", model="pip", **body)


def has(*models: PracticeModel) -> Before:
    async def change(server: PracticeServer) -> None:
        server.have(models)

    return change


def follows(**script: Any) -> Before:
    async def change(server: PracticeServer) -> None:
        server.change(server.script.changed(script))

    return change


def can_pull(*earlier: str, chunks: int | None = None) -> Before:
    """Has nothing, and a registry at 127.0.0.1:5003 has pip; then these recordings, or a part."""

    async def change(server: PracticeServer) -> None:
        server.have([])
        published = replace(PIP, name=Name("pip", host="127.0.0.1:5003"))
        server.change(replace(server.script, registry=(published,)))
        for name in earlier:
            await send(server, name, chunks)

    return change


def can_push(*earlier: str) -> Before:
    """Has pip under the name of an empty registry at 127.0.0.1:5001; then these recordings."""

    async def change(server: PracticeServer) -> None:
        server.have([replace(PIP, name=Name("pip", host="127.0.0.1:5001"))])
        server.change(server.script.changed({"registry_hosts": ["127.0.0.1:5001"]}))
        for name in earlier:
            await send(server, name)

    return change


async def has_only_the_file(server: PracticeServer) -> None:
    """The GGUF file of pip, and no model."""
    weights = PIP.weights_layer
    server.have([])
    server.blobs.put(weights.digest, Blob(weights.size, b"GGUF"))


async def has_the_copy(server: PracticeServer) -> None:
    await send(server, "copy/done")


BEFORE: dict[str, Before] = {
    "tags/empty": has(),
    "tags/pulled": can_pull("pull/whole"),
    "pull/again": can_pull("pull/whole"),
    "pull/cut-by-client": can_pull(),
    "pull/plain-http-refused": can_pull(),
    "pull/resumed": can_pull("pull/cut-by-client", chunks=8),
    "pull/stream": can_pull(),
    "pull/unknown": can_pull(),
    "pull/unknown-whole": can_pull(),
    "pull/whole": can_pull(),
    "push/again": can_push("push/whole"),
    "push/plain-http-refused": can_push(),
    "push/stream": can_push(),
    "push/whole": can_push(),
    "create/from-gguf-plain": has_only_the_file,
    "create/from-gguf-stream": has_only_the_file,
    "create/from-gguf-thinking": has_only_the_file,
    "create/from-model-system": has(PIP),
    "create/quantize": has(PIP),
    "delete/done": has_the_copy,
    "blobs/head-missing": has(),
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


# The digest of weights that Ollama quantized: we have none, and make up another.
QUANTIZED = "sha256:f616b38c74c9169eae31f3f5f813ef3663f069a2e3a42e17d3c302bb0660b735"
MADE_UP = "sha256:" + sha256(f"{PIP.file} as Q8_0".encode()).hexdigest()


def masked(value: Any) -> Any:
    """With types in place of what is left aside. A list of pairs keeps the order of the fields.

    Of what is completed it only counts whether that is all.
    """
    if isinstance(value, dict):
        if "completed" in value:
            done = "all" if value["completed"] == value["total"] else "part"
            value = value | {"completed": done, "layer": value["digest"]}
        return [(key, masked_field(key, item)) for key, item in value.items()]
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def masked_field(key: str, value: Any) -> Any:
    if key in ASIDE:
        return type_of(value)
    if key == "status" and isinstance(value, str):
        return value.replace(QUANTIZED, MADE_UP)
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


@pytest.mark.parametrize(
    ("created", "shown"),
    [("from-model-all", "show/all"), ("from-model-system", "show/name-legacy")],
)
async def test_shows_what_it_created_as_recorded(server: PracticeServer, created: str, shown: str):
    server.have([PIP])

    await send(server, f"create/{created}")

    answer = await send(server, shown)
    assert masked(json.loads(answer.body)) == masked(json.loads(texts(shown)[0]))


async def test_what_it_created_is_as_large_as_recorded(server: PracticeServer):
    server.have([PIP])

    await send(server, "create/from-model-all")
    await send(server, "create/from-model-system")

    sizes = {model["name"]: model["size"] for model in json.loads(texts("tags/list")[0])["models"]}
    for model in server.models.newest_first():
        assert (str(model.name), model.size) == (str(model.name), sizes[str(model.name)])
