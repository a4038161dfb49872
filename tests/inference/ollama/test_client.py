"""What goes out, and what the short questions answer."""

import base64

import pytest

from inference.ollama import (
    BadAnswer,
    ChatRequest,
    Client,
    EmbedRequest,
    GenerateRequest,
    Interrupted,
    NotAble,
    OllamaError,
    Refused,
    Timeouts,
    Unreachable,
)
from inference.ollama import (
    client as client_module,
)

from .wire import (
    DONE,
    STREAM,
    Wire,
    answers,
    chunk,
    head,
    recording,
    recordings,
    replays,
    sends,
    streams,
    then_waits,
)

TYPED = {"/api/chat": ChatRequest, "/api/generate": GenerateRequest, "/api/embed": EmbedRequest}
UNTYPED = {"stream", "logprobs", "top_logprobs", "_debug_render_only"}


@pytest.mark.parametrize("name", recordings("chat", "generate", "embed", "load", "unload"))
def test_a_typed_request_is_what_was_recorded(name: str) -> None:
    request = recording(name)["request"]
    body = request.get("body") or {}
    fields = {name: value for name, value in body.items() if name not in UNTYPED}
    required = {"model": "pip", "messages": [], "input": []}
    kind = TYPED[request["path"]]
    known = {key: value for key, value in required.items() if key in kind.__slots__}
    sent = kind(**{**known, **fields}).body()
    expected = {**known, **fields}
    if kind is not EmbedRequest:
        expected["stream"] = True
    if kind is GenerateRequest:
        expected.setdefault("prompt", "")
    assert sent == expected


async def test_sends_what_the_request_says(wire: Wire, client: Client) -> None:
    wire.plays(streams(DONE))
    messages = [{"role": "user", "content": "Grüße \ud800", "images": ["aGk="]}]
    async with client.chat(ChatRequest("pip", messages, {"seed": 1}, think=False)) as batches:
        async for _ in batches:
            pass
    (asked,) = wire.asked
    assert (asked.method, asked.path) == ("POST", "/api/chat")
    assert asked.json == {
        "model": "pip",
        "messages": messages,
        "options": {"seed": 1},
        "think": False,
        "stream": True,
    }
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["content-type"] == "application/json"


async def test_sends_a_large_request(wire: Wire, client: Client) -> None:
    wire.plays(streams(DONE))
    image = "a" * 5 * 2**20
    async with client.generate(GenerateRequest("pip", "", images=[image])) as batches:
        async for _ in batches:
            pass
    assert wire.asked[0].json["images"] == [image]


async def test_sends_the_headers_that_a_proxy_wants(wire: Wire) -> None:
    wire.plays(answers({"version": "1"}))
    await Client(wire.url, headers={"Authorization": "Bearer secret"}).version()
    assert wire.asked[0].headers["authorization"] == "Bearer secret"


async def test_a_name_and_password_in_the_url_are_basic_authentication(wire: Wire) -> None:
    wire.plays(answers({"version": "1"}))
    await Client(wire.url.replace("http://", "http://ann:pass@")).version()
    expected = "Basic " + base64.b64encode(b"ann:pass").decode()
    assert wire.asked[0].headers["authorization"] == expected


@pytest.mark.parametrize("ending", ["/ollama", "/ollama/"])
async def test_the_url_may_have_a_path(ending: str, wire: Wire) -> None:
    wire.plays(answers({"version": "1"}))
    await Client(wire.url + ending).version()
    assert wire.asked[0].path == "/ollama/api/version"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ollama",
        "ftp://ollama",
        "http://",
        "http://[",
        "http://a b",
        "http://a:x",
        "http://a:99999",
    ],
)
async def test_refuses_a_url_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        Client(url)


@pytest.mark.parametrize("host", ["a..b", "x" * 80])
async def test_a_host_without_address_is_unreachable(host: str) -> None:
    with pytest.raises(Unreachable):
        await Client(f"http://{host}:1").version()


async def test_load_waits_for_the_model(wire: Wire, client: Client) -> None:
    wire.plays(replays("load/duration"))
    await client.load("pip", "10m")
    body = {"model": "pip", "prompt": "", "keep_alive": "10m", "stream": True}
    assert wire.asked[0].json == body


async def test_load_of_a_model_that_only_embeds(wire: Wire, client: Client) -> None:
    refused = answers({"error": '"bert" does not support generate'}, 400)
    wire.plays(refused, replays("embed/empty-list"))
    await client.load("bert", -1)
    assert wire.asked[1].path == "/api/embed"
    assert wire.asked[1].json == {"model": "bert", "input": [], "keep_alive": -1}


async def test_load_that_the_server_cannot(wire: Wire, client: Client) -> None:
    wire.plays(answers({"error": "model requires more system memory (8 GiB)"}, 500))
    with pytest.raises(NotAble):
        await client.load("pip")


async def test_unload(wire: Wire, client: Client) -> None:
    wire.plays(replays("unload/generate"))
    await client.unload("pip")
    assert wire.asked[0].json["keep_alive"] == 0


async def test_tags_of_a_newer_version(wire: Wire, client: Client) -> None:
    entry = {
        "name": "gpt-oss:120b-cloud",
        "size": 384,
        "modified_at": "2026-08-20T14:03:22.639712648+02:00",
        "remote_host": "https://ollama.com:443",
        "remote_model": "gpt-oss:120b",
        "details": {"families": None, "context_length": 131072},
        "capabilities": ["completion", "tools"],
    }
    wire.plays(answers({"models": [entry]}))
    (model,) = await client.tags()
    assert model.capabilities == ["completion", "tools"]
    assert model.context_length == 131072
    assert (model.remote_host, model.remote_model) == ("https://ollama.com:443", "gpt-oss:120b")
    assert str(model.modified_at) == "2026-08-20 12:03:22.639712+00:00"


@pytest.mark.parametrize("time", ["", "soon", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-10:00"])
async def test_a_time_that_cannot_be_stored_is_none(time: str, wire: Wire, client: Client) -> None:
    wire.plays(answers({"models": [{"name": "pip", "expires_at": time}]}))
    (model,) = await client.ps()
    assert model.expires_at is None


@pytest.mark.parametrize("value", [None, []])
async def test_no_models(value: object, wire: Wire, client: Client) -> None:
    wire.plays(answers({"models": value}))
    assert await client.tags() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Ollama is running",
        b"[]",
        b'{"models": 3}',
        b'{"models": [3]}',
        b'{"error": "the disk is on fire"}',
        b"{}",
        b'{"models": [{"name": 3}]}',
    ],
)
async def test_tags_that_are_none(body: bytes, wire: Wire, client: Client) -> None:
    wire.plays(answers(body))
    with pytest.raises(BadAnswer):
        await client.tags()


@pytest.mark.parametrize("body", [{"embeddings": [1]}, {"embeddings": [["a"]]}])
async def test_embeddings_that_are_none(body: object, wire: Wire, client: Client) -> None:
    wire.plays(answers(body))
    with pytest.raises(BadAnswer):
        await client.embed(EmbedRequest("pip", ["a"]))


async def test_an_answer_that_fills_memory_is_refused(
    wire: Wire, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "LARGEST_ANSWER", 2**20)
    wire.plays(then_waits(STREAM, *[chunk(b" " * 2**16)] * 17))
    with pytest.raises(BadAnswer):
        await client.tags()
    await wire.until(lambda: wire.open == 0)


async def test_an_error_that_fills_memory_is_cut(wire: Wire, client: Client) -> None:
    wire.plays(then_waits(head(500), *[b"x" * 2**16] * 4))
    with pytest.raises(Refused) as raised:
        await client.tags()
    assert len(raised.value.message) < 1000
    await wire.until(lambda: wire.open == 0)


async def test_a_redirect_is_not_followed(wire: Wire, client: Client) -> None:
    wire.plays(sends(head(302, "Location: /elsewhere", "Content-Length: 0")))
    with pytest.raises(BadAnswer):
        await client.version()
    assert len(wire.asked) == 1


async def test_a_short_question_has_a_time_for_all_of_its_answer(wire: Wire) -> None:
    wire.plays(then_waits())
    with pytest.raises(Unreachable):
        await Client(wire.url, timeouts=Timeouts(answer=0.05)).tags()
    await wire.until(lambda: wire.open == 0)


async def test_a_short_answer_that_stops_in_the_middle(wire: Wire) -> None:
    wire.plays(then_waits(head(200, "Content-Length: 20"), b'{"models'))
    with pytest.raises(Interrupted):
        await Client(wire.url, timeouts=Timeouts(answer=0.2)).tags()


async def test_every_failure_has_a_kind_of_its_own() -> None:
    def below(kind: type[OllamaError]) -> list[type[OllamaError]]:
        return [found for sub in kind.__subclasses__() for found in [sub, *below(sub)]]

    kinds = {found.kind for found in below(OllamaError)}
    sentences = {found.sentence for found in below(OllamaError)}
    assert len(kinds) == len(sentences) == len(below(OllamaError)) == 17
    assert max(map(len, kinds)) <= 30  # what a database holds for it
