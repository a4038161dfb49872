"""The client against a real Ollama with the models pip and pip-think."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

import pytest

from inference.ollama import (
    BadFile,
    BlobMissing,
    ChatRequest,
    Client,
    CreateRequest,
    EmbedRequest,
    ModelMissing,
    NameRefused,
    NotAble,
    Piece,
    Transfer,
)
from inference.ollama.layers import Layers
from inference.ollama.modelfile import parse
from inference.ollama.parameters import read_shown

pytestmark = pytest.mark.live


@pytest.fixture
def live(ollama: str) -> Client:
    return Client(ollama)


def asking(question: str, model: str = "pip", **more: object) -> ChatRequest:
    return ChatRequest(model, [{"role": "user", "content": question}], **more)


async def answer(client: Client, request: ChatRequest) -> list[Piece]:
    async with client.chat(request) as batches:
        return [piece async for pieces in batches for piece in pieces]


async def test_knows_what_is_installed_and_loaded(live: Client) -> None:
    assert await live.version()
    assert {"pip:latest", "pip-think:latest"} <= {model.name for model in await live.tags()}
    details = await live.show("pip-think")
    assert {"completion", "thinking"} <= set(details.capabilities)
    assert details.context_length == 1536
    await live.load("pip", "5m")
    assert "pip:latest" in {model.name for model in await live.ps()}


async def test_streams_an_answer(live: Client) -> None:
    pieces = await answer(live, asking("What is 2+2?"))
    assert "".join(piece.content for piece in pieces) == "2+2 equals 4."
    assert pieces[-1].done_reason == "stop"
    assert pieces[-1].usage is not None
    assert pieces[-1].usage.answer_tokens > 0


async def test_thinks_first(live: Client) -> None:
    pieces = await answer(live, asking("What is 2+2?", "pip-think", think=True))
    assert "".join(piece.thinking for piece in pieces).startswith("Two plus two")
    assert "".join(piece.content for piece in pieces) == "2+2 equals 4."


async def test_goes_on_after_an_answer_that_was_left(live: Client) -> None:
    async with live.chat(asking("Tell me a long story")) as batches:
        await anext(batches)
    assert await answer(live, asking("What is 2+2?"))


async def test_refuses_what_cannot_be(live: Client) -> None:
    with pytest.raises(ModelMissing):
        await answer(live, asking("Hi!", "nobody-has-this"))
    with pytest.raises(NotAble):
        await answer(live, asking("Hi!", think=True))


async def test_embeds(live: Client) -> None:
    found = await live.embed(EmbedRequest("pip", ["a", "b"]))
    assert len(found.vectors) == 2
    assert found.prompt_tokens > 0


# Making models


@pytest.fixture
async def name(live: Client) -> AsyncIterator[str]:
    """A name that is free, and is so again afterwards."""
    name = f"webchat-test-{uuid4().hex[:12]}:latest"
    yield name
    with suppress(ModelMissing):
        await live.delete(name)


async def carried_through(transfer: Transfer) -> Layers:
    layers = Layers()
    async with transfer as batches:
        async for batch in batches:
            layers.add(batch)
    assert layers.status == "success"
    return layers


async def one(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_creates_copies_and_deletes(live: Client, name: str) -> None:
    request = CreateRequest(name, "pip", system="You are Mario.", parameters={"seed": 7})
    await carried_through(live.create(request))
    details = await live.show(name)
    assert details.system == "You are Mario."
    assert read_shown(details.parameters)["seed"] == 7
    assert parse(details.raw["modelfile"]).system == "You are Mario."

    copied = name.replace(":latest", ":copy")
    await live.copy(name, copied)
    await live.delete(name)
    names = {model.name for model in await live.tags()}
    assert copied in names
    assert name not in names
    await live.delete(copied)
    with pytest.raises(ModelMissing):
        await live.delete(copied)


async def test_quantises_and_counts(live: Client, name: str) -> None:
    layers = await carried_through(live.create(CreateRequest(name, "pip", quantize="q8_0")))
    assert layers.completed == layers.total > 10**6
    assert (await live.show(name)).quantization == "Q8_0"


async def test_uploads_once(live: Client) -> None:
    data = uuid4().bytes * 100_000
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    assert not await live.has_blob(digest)
    assert await live.upload_blob(digest, one(data), len(data))
    assert await live.has_blob(digest)
    assert not await live.upload_blob(digest, one(data), len(data))


async def test_makes_nothing_of_what_is_no_model(live: Client, name: str) -> None:
    data = uuid4().bytes
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    with pytest.raises(BlobMissing):
        await carried_through(live.create(CreateRequest(name, files={"a.gguf": digest})))
    await live.upload_blob(digest, one(data), len(data))
    with pytest.raises(BadFile):
        await carried_through(live.create(CreateRequest(name, files={"a.gguf": digest})))
    with pytest.raises(BadFile):
        await live.upload_blob("sha256:" + "0" * 64, one(data), len(data))


async def test_says_why_it_makes_nothing(live: Client, name: str) -> None:
    with pytest.raises(NotAble):
        await carried_through(live.create(CreateRequest(name, "pip", quantize="q9_9")))
    with pytest.raises(NameRefused):
        await carried_through(live.create(CreateRequest("a b", "pip")))
    with pytest.raises(ModelMissing):
        await carried_through(live.push(name))


async def test_pushes_pulls_goes_on_and_pulls_again(live: Client, registry: str) -> None:
    name = f"{registry}/library/pip:of-{uuid4().hex}"
    await live.copy("pip", name)
    await carried_through(live.push(name, insecure=True))
    await live.delete(name)
    async with live.pull(name, insecure=True) as batches:
        await anext(batches)
    layers = await carried_through(live.pull(name, insecure=True))
    again = await carried_through(live.pull(name, insecure=True))
    assert again.total == layers.total > 0
    await live.delete(name)
