"""The client against every recording of a real server, over a real socket."""

import json

import pytest

from inference.ollama import (
    BadAnswer,
    Busy,
    ChatRequest,
    Client,
    EmbedRequest,
    GenerateRequest,
    Interrupted,
    ModelMissing,
    NotAble,
    OllamaError,
    Piece,
    Refused,
    TooLong,
)

from .wire import Wire, recording, recordings, replays

FAILURES: dict[str, type[OllamaError]] = {
    "chat/bad-name": Refused,
    "chat/bad-option": Refused,
    "chat/bad-option-int": Refused,
    "chat/content-list": Refused,
    "chat/cut-by-client": Interrupted,
    "chat/debug-render": Interrupted,  # the one whole answer that is not "done"
    "chat/empty-body": Refused,
    "chat/format-bad": Refused,
    "chat/images-bad-base64": Refused,
    "chat/invalid-json": Refused,
    "chat/logprobs-too-many": Refused,
    "chat/long-refused": TooLong,
    "chat/no-model": Refused,
    "chat/stream-not-bool": Refused,
    "chat/think-bad": Refused,
    "chat/think-unable": NotAble,
    "chat/tools-unable": NotAble,
    "chat/unknown-model": ModelMissing,
    "chat/wrong-type": Refused,
    "embed/bad-input": Refused,
    "embed/bad-item": Refused,
    "embed/long-refused": TooLong,
    "embed/unknown-model": ModelMissing,
    "faults/busy": Busy,
    "faults/busy-generate": Busy,
    "faults/runner-killed": Interrupted,
    "generate/debug-render": Interrupted,
    "generate/no-model": ModelMissing,
    "generate/raw-with-system": Refused,
    "generate/suffix-unable": NotAble,
    "generate/unknown-model": ModelMissing,
    "load/bad-duration": Refused,
    "load/unknown": ModelMissing,
    "show/bad-name": Refused,
    "show/empty-body": Refused,
    "show/no-model": Refused,
    "show/unknown": ModelMissing,
    "version/head": BadAnswer,  # of GET it would be an empty answer
}

STREAMED = [
    name
    for name in recordings("chat", "generate", "load", "unload", "faults")
    if recording(name)["request"]["path"] in ("/api/chat", "/api/generate")
]


def objects(name: str) -> list[dict]:
    """The JSON objects of the recorded answer."""
    response = recording(name)["response"]
    text = response.get("body") or "".join(text for _, text in response.get("chunks", ()))
    return [json.loads(line) for line in text.split("\n") if line]


async def ask(client: Client, name: str, pieces: list[Piece]) -> None:
    """Asks what the recording asked, as far as typed requests can, and fills `pieces`."""
    request = recording(name)["request"]
    body = request.get("body") or {}
    model = body.get("model", "pip")
    if request["path"] == "/api/chat":
        messages = body.get("messages", [])
        answer = client.chat(ChatRequest(model, messages, keep_alive=body.get("keep_alive")))
    else:
        prompt = body.get("prompt", "")
        answer = client.generate(GenerateRequest(model, prompt, keep_alive=body.get("keep_alive")))
    async with answer as batches:
        async for batch in batches:
            pieces += batch


@pytest.mark.parametrize("name", [name for name in STREAMED if name not in FAILURES])
async def test_reads_the_recorded_answer(name: str, wire: Wire, client: Client) -> None:
    wire.plays(replays(name))
    pieces: list[Piece] = []
    await ask(client, name, pieces)

    lines = objects(name)
    texts = [line.get("message", {}).get("content", line.get("response")) for line in lines]
    thoughts = [line.get("message", line).get("thinking", "") for line in lines]
    calls = [line.get("message", line).get("tool_calls", []) for line in lines]
    assert [piece.content for piece in pieces] == texts
    assert [piece.thinking for piece in pieces] == thoughts
    assert [piece.tool_calls for piece in pieces] == calls
    assert [piece.done for piece in pieces] == [False] * (len(lines) - 1) + [True]

    last, line = pieces[-1], lines[-1]
    assert last.done_reason == line["done_reason"]
    assert last.usage is not None
    assert last.usage.prompt_tokens == line.get("prompt_eval_count", 0)
    assert last.usage.answer_tokens == line.get("eval_count", 0)
    assert last.usage.total_ns == line.get("total_duration", 0)
    assert last.usage.load_ns == line.get("load_duration", 0)
    assert last.usage.prompt_ns == line.get("prompt_eval_duration", 0)
    assert last.usage.answer_ns == line.get("eval_duration", 0)
    assert all(piece.usage is None for piece in pieces[:-1])


@pytest.mark.parametrize("name", [name for name in STREAMED if name in FAILURES])
async def test_raises_what_the_recorded_failure_means(
    name: str, wire: Wire, client: Client
) -> None:
    wire.plays(replays(name))
    pieces: list[Piece] = []
    with pytest.raises(FAILURES[name]) as raised:
        await ask(client, name, pieces)

    lines = objects(name)
    if said := lines[-1].get("error"):
        assert raised.value.said == " ".join(said.split())
        assert raised.value.said in raised.value.message
    texts = [line.get("message", line).get("content", "") for line in lines if "done" in line]
    assert [piece.content for piece in pieces] == texts
    assert raised.value.before_first_byte == (not pieces)


@pytest.mark.parametrize("name", recordings("embed"))
async def test_embed(name: str, wire: Wire, client: Client) -> None:
    wire.plays(replays(name))
    request = EmbedRequest("pip", ["a"])
    if name in FAILURES:
        with pytest.raises(FAILURES[name]):
            await client.embed(request)
        return
    found = await client.embed(request)
    (line,) = objects(name)
    assert found.vectors == line["embeddings"]
    assert found.prompt_tokens == line.get("prompt_eval_count", 0)
    assert found.total_ns == line.get("total_duration", 0)


@pytest.mark.parametrize("name", recordings("tags"))
async def test_tags(name: str, wire: Wire, client: Client) -> None:
    wire.plays(replays(name))
    found = await client.tags()
    (line,) = objects(name)
    assert [model.name for model in found] == [entry["name"] for entry in line["models"]]
    for model, entry in zip(found, line["models"], strict=True):
        assert (model.digest, model.size) == (entry["digest"], entry["size"])
        assert model.family == entry["details"]["family"] == "llama"
        assert model.parameter_size == entry["details"]["parameter_size"]
        assert model.quantization == entry["details"]["quantization_level"]
        assert model.modified_at is not None
        assert model.modified_at.strftime("%Y-%m-%dT%H:%M:%S") == entry["modified_at"][:19]
        assert model.capabilities is None  # this version leaves them to show
        assert (model.remote_host, model.remote_model) == ("", "")


@pytest.mark.parametrize("name", recordings("ps"))
async def test_ps(name: str, wire: Wire, client: Client) -> None:
    wire.plays(replays(name))
    found = await client.ps()
    (line,) = objects(name)
    assert [model.name for model in found] == [entry["name"] for entry in line["models"]]
    for model, entry in zip(found, line["models"], strict=True):
        assert model.context_length == entry["context_length"]
        assert (model.size, model.size_vram) == (entry["size"], entry["size_vram"])
        assert model.expires_at is not None
        assert model.expires_at.strftime("%Y-%m-%dT%H:%M:%S") == entry["expires_at"][:19]


@pytest.mark.parametrize("name", recordings("show"))
async def test_show(name: str, wire: Wire, client: Client) -> None:
    wire.plays(replays(name))
    if name in FAILURES:
        with pytest.raises(FAILURES[name]):
            await client.show("pip")
        return
    found = await client.show("pip")
    (line,) = objects(name)
    assert found.raw == line
    assert found.capabilities == line["capabilities"]
    assert found.context_length == line["model_info"]["llama.context_length"]
    assert found.template == line["template"]
    assert found.system == line.get("system", "")
    assert found.parameters == line.get("parameters", "")
    assert found.license == line.get("license", "")
    assert found.family == "llama"


@pytest.mark.parametrize("name", recordings("version"))
async def test_version(name: str, wire: Wire, client: Client) -> None:
    wire.plays(replays(name))
    if name in FAILURES:
        with pytest.raises(OllamaError):
            await client.version()
        return
    assert await client.version() == "0.24.0"


def test_every_failed_recording_is_expected() -> None:
    names = recordings(
        "chat", "generate", "embed", "tags", "show", "ps", "version", "load", "unload", "faults"
    )
    refused = {name for name in names if recording(name)["response"]["status"] != 200}
    assert refused <= FAILURES.keys() <= set(names)
