"""The client against a real Ollama with the models pip and pip-think."""

import os

import pytest

from inference.ollama import ChatRequest, Client, EmbedRequest, ModelMissing, NotAble, Piece

pytestmark = pytest.mark.live


@pytest.fixture
def live() -> Client:
    url = os.environ.get("WEBCHAT_LIVE_OLLAMA")
    if not url:
        pytest.skip("WEBCHAT_LIVE_OLLAMA names no server")
    return Client(url)


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
