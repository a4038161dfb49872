"""How a pull, a push and a create come, stop and fail."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.ollama import (
    BadAnswer,
    Client,
    CreateRequest,
    Interrupted,
    NoSpace,
    NotInRegistry,
    OllamaError,
    Progress,
    Timeouts,
    Unreachable,
    exchange,
)
from inference.ollama.layers import Layers
from inference.ollama.transfer import Transfer

from .test_answers import Parts
from .test_lines import cut
from .wire import (
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

FAILURES = {
    "create/bad-name": "name_refused",
    "create/bad-template": "refused",
    "create/invalid-json": "refused",
    "create/modelfile-legacy": "refused",
    "create/no-name": "name_refused",
    "create/no-source": "refused",
    "create/no-source-stream": "refused",
    "create/quantize-unknown": "not_able",
    "create/unknown-blob": "blob_missing",
    "pull/bad-name": "name_refused",
    "pull/cut-by-client": "interrupted",
    "pull/no-model": "name_refused",
    "pull/plain-http-refused": "untrusted_registry",
    "pull/unknown": "not_in_registry",
    "pull/unknown-whole": "not_in_registry",
    "pull/unreachable": "registry_unreachable",
    "push/no-model": "refused",
    "push/plain-http-refused": "untrusted_registry",
    "push/unknown": "model_missing",
}
PULL = "".join(text for _, text in recording("pull/stream")["response"]["chunks"]).encode()
SUCCESS = b'{"status":"success"}\n'


def line(status: str, **more: object) -> bytes:
    return json.dumps({"status": status, **more}, separators=(",", ":")).encode() + b"\n"


def counted(completed: int, total: int = 100) -> bytes:
    return line("pulling aa", digest="sha256:aa", total=total, completed=completed)


def asking(client: Client, name: str) -> Transfer:
    """Asks what the recording asked, as far as typed requests can."""
    request = recording(name)["request"]
    body = request.get("body")
    body = dict(body) if isinstance(body, dict) else {}
    body.pop("stream", None)
    model = body.pop("model", body.pop("name", ""))
    if request["path"] == "/api/create":
        body.pop("modelfile", None)
        licenses = body.pop("license", [])
        source = body.pop("from", "")
        licenses = licenses if isinstance(licenses, list) else [licenses]
        return client.create(CreateRequest(model, source, license=licenses, **body))
    return getattr(client, request["path"].removeprefix("/api/"))(model, **body)


async def everything(transfer: Transfer) -> tuple[list[Progress], OllamaError | None]:
    found: list[Progress] = []
    try:
        async with transfer as batches:
            async for batch in batches:
                found += batch
    except OllamaError as error:
        return found, error
    return found, None


@pytest.mark.parametrize("name", recordings("pull", "push", "create"))
async def test_reads_the_recorded_stream(name: str, wire: Wire, client: Client) -> None:
    wire.plays(replays(name))
    found, error = await everything(asking(client, name))

    response = recording(name)["response"]
    text = response.get("body") or "".join(text for _, text in response["chunks"])
    lines = [json.loads(line) for line in text.split("\n") if line]
    told = [entry for entry in lines if "error" not in entry]
    # Of lines that came together and differ in their count alone, the last is enough.
    assert {entry["status"] for entry in told} == {progress.status for progress in found}
    assert (error.kind if error else None) == FAILURES.get(name)
    if error:
        assert error.before_first_byte == (not found)
        if said := lines[-1].get("error"):
            assert error.said == said
    else:
        assert found[-1] == Progress("success", "", 0, 0)
    layers, all_lines = Layers(), Layers()
    layers.add(found)
    all_lines.add(Progress(**{"digest": "", "total": 0, "completed": 0, **entry}) for entry in told)
    assert layers.layers == all_lines.layers


@pytest.mark.parametrize("name", recordings("pull", "push", "create"))
async def test_asks_as_recorded(name: str, wire: Wire, client: Client) -> None:
    wire.plays(streams(SUCCESS))
    await everything(asking(client, name))
    (asked,) = wire.asked
    request = recording(name)["request"]
    body = request.get("body") if isinstance(request.get("body"), dict) else {}
    ours = asked.json
    assert (asked.method, asked.path) == (request["method"], request["path"])
    assert ours["stream"] is True
    for field, value in body.items():
        if field == "license":
            assert ours[field] == (value if isinstance(value, list) else [value])
        elif field not in ("stream", "modelfile", "name"):
            assert ours[field] == value


def test_every_failed_recording_is_expected() -> None:
    names = recordings("pull", "push", "create")
    refused = {name for name in names if recording(name)["response"]["status"] != 200}
    assert refused <= FAILURES.keys() <= set(names)


def test_a_create_leaves_out_what_is_not_given() -> None:
    assert CreateRequest("x", "pip").body() == {"model": "x", "from": "pip", "stream": True}
    full = CreateRequest("x", "pip", system="Hi", parameters={"seed": 0}, quantize="q8_0").body()
    assert full == {
        "model": "x",
        "from": "pip",
        "system": "Hi",
        "parameters": {"seed": 0},
        "quantize": "q8_0",
        "stream": True,
    }


@settings(max_examples=30)
@given(st.lists(st.integers(0), max_size=40))
def test_the_layers_are_the_same_wherever_the_bytes_are_cut(places: list[int]) -> None:
    async def layers(parts: list[bytes]) -> Layers:
        layers = Layers()
        async for batch in Transfer(Parts(parts)):
            layers.add(batch)
        return layers

    found = asyncio.run(layers(cut(PULL, places)))
    whole = asyncio.run(layers([PULL]))
    assert (found.layers, found.status) == (whole.layers, "success")


async def test_gives_out_the_last_of_lines_that_only_count(wire: Wire, client: Client) -> None:
    lines = b"".join(counted(done) for done in range(100))
    wire.plays(streams(lines + line("writing manifest") + SUCCESS))
    found, _ = await everything(client.pull("pip"))
    assert [(progress.status, progress.completed) for progress in found] == [
        ("pulling aa", 99),
        ("writing manifest", 0),
        ("success", 0),
    ]


async def test_keeps_what_two_layers_count(wire: Wire, client: Client) -> None:
    other = line("pulling bb", digest="sha256:bb", total=5, completed=1)
    wire.plays(streams(counted(1) + other + counted(2) + SUCCESS))
    found, _ = await everything(client.pull("pip"))
    assert [progress.completed for progress in found] == [1, 1, 2, 0]


async def test_a_success_in_mid_stream_is_not_the_end(wire: Wire, client: Client) -> None:
    wire.plays(
        streams(line("pulling manifest"), SUCCESS, line("writing manifest"), b'{"error":"no"}\n')
    )
    found, error = await everything(client.create(CreateRequest("mario", "pip")))
    assert [progress.status for progress in found][-1] == "writing manifest"
    assert error is not None


async def test_an_end_without_success_is_an_interruption(wire: Wire, client: Client) -> None:
    wire.plays(streams(counted(1)))
    found, error = await everything(client.pull("pip"))
    assert [progress.completed for progress in found] == [1]
    assert type(error) is Interrupted
    assert error.retryable
    assert not error.before_first_byte


async def test_a_connection_lost_in_mid_stream(wire: Wire, client: Client) -> None:
    wire.plays(streams(counted(1), end=b""))
    _, error = await everything(client.pull("pip"))
    assert type(error) is Interrupted
    assert error.retryable


async def test_a_full_disk_in_mid_stream(wire: Wire, client: Client) -> None:
    said = "write /usr/share/ollama/.ollama/models/blobs/sha256-aa-partial: no space left on device"
    wire.plays(streams(counted(1), json.dumps({"error": said}).encode() + b"\n"))
    _, error = await everything(client.pull("pip"))
    assert type(error) is NoSpace
    assert not error.retryable
    assert error.said == said
    assert "/usr" not in error.message


async def test_lines_after_an_error_are_not_looked_at(wire: Wire, client: Client) -> None:
    wire.plays(streams(b'{"error":"pull model manifest: file does not exist"}\n' + SUCCESS))
    found, error = await everything(client.create(CreateRequest("x", "nope")))
    assert found == []
    assert type(error) is NotInRegistry


async def test_a_last_line_without_line_feed(wire: Wire, client: Client) -> None:
    wire.plays(streams(counted(1), SUCCESS.rstrip()))
    found, error = await everything(client.pull("pip"))
    assert error is None
    assert found[-1].status == "success"


async def test_an_empty_stream(wire: Wire, client: Client) -> None:
    wire.plays(streams())
    assert type((await everything(client.pull("pip")))[1]) is Interrupted


@pytest.mark.parametrize("bad", [b"<html>\n", b"[]\n", b'{"status":1}\n', b'{"digest":[]}\n'])
async def test_lines_that_are_none(bad: bytes, wire: Wire, client: Client) -> None:
    wire.plays(streams(counted(1), bad, SUCCESS))
    assert type((await everything(client.pull("pip")))[1]) is BadAnswer


async def test_counts_without_sense_are_nought(wire: Wire, client: Client) -> None:
    wire.plays(streams(line("x", total=-1, completed="many"), line("y", total=10**30), SUCCESS))
    found, _ = await everything(client.pull("pip"))
    assert [(progress.total, progress.completed) for progress in found] == [
        (0, 0),
        (2**63 - 1, 0),
        (0, 0),
    ]


async def test_leaving_closes_the_connection(wire: Wire, client: Client) -> None:
    wire.plays(then_waits(STREAM, chunk(counted(1))))
    async with client.pull("pip") as batches:
        await anext(batches)
        assert wire.open == 1
    await wire.until(lambda: wire.open == 0)


async def test_a_cancel_closes_the_connection(wire: Wire, client: Client) -> None:
    wire.plays(then_waits(STREAM, chunk(counted(1))))
    task = asyncio.create_task(everything(client.pull("pip")))
    await wire.until(lambda: len(wire.asked) == 1)
    task.cancel()
    await asyncio.wait([task])
    await wire.until(lambda: wire.open == 0)


async def test_a_job_may_be_silent_for_longer_than_an_answer(wire: Wire) -> None:
    async def script(writer: asyncio.StreamWriter) -> None:
        await sends(STREAM, chunk(line("verifying sha256 digest")))(writer)
        await asyncio.sleep(0.3)  # longer than the gap
        await sends(chunk(SUCCESS), b"0\r\n\r\n")(writer)

    wire.plays(script)
    client = Client(wire.url, timeouts=Timeouts(first_byte=0.1, gap=0.1, job_gap=20))
    _, error = await everything(client.pull("pip"))
    assert error is None


async def test_a_silence_without_measure_ends(wire: Wire) -> None:
    wire.plays(then_waits(STREAM, chunk(counted(1))))
    client = Client(wire.url, timeouts=Timeouts(job_gap=0.2))
    _, error = await everything(client.pull("pip"))
    assert type(error) is Interrupted


async def test_a_flood_is_not_read_at_a_pace(
    wire: Wire, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "PACE", 3600)  # a paced read would wait for an hour
    flood = b"".join(counted(done, 10**6) for done in range(10_000))
    wire.plays(sends(STREAM + chunk(line("pulling manifest")) + chunk(flood), b""))
    async with asyncio.timeout(20):
        async with client.pull("pip") as batches:
            done = 0
            while done < 5000:
                done = max(progress.completed for progress in await anext(batches))


async def test_nobody_listens(unused_tcp_port: int) -> None:
    _, error = await everything(Client(f"http://127.0.0.1:{unused_tcp_port}").pull("pip"))
    assert type(error) is Unreachable
    assert error.retryable


# What answers without content


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("copy/done", None),
        ("copy/onto-itself", None),
        ("copy/unknown", "model_missing"),
        ("copy/bad-destination", "name_refused"),
        ("copy/no-destination", "name_refused"),
        ("delete/done", None),
        ("delete/name-legacy", None),
        ("delete/again", "model_missing"),
        ("delete/empty-body", "refused"),
        ("delete/no-model", "refused"),
        ("delete/post", "not_able"),
    ],
)
async def test_copy_and_delete(name: str, kind: str | None, wire: Wire, client: Client) -> None:
    wire.plays(replays(name))
    doing = client.copy("pip", "x") if name.startswith("copy") else client.delete("pip")
    error = None
    try:
        await doing
    except OllamaError as raised:
        error = raised
    assert (error.kind if error else None) == kind


def test_every_recording_of_copy_and_delete_is_tested() -> None:
    (mark,) = (mark for mark in test_copy_and_delete.pytestmark if mark.name == "parametrize")
    assert {name for name, _ in mark.args[1]} == set(recordings("copy", "delete"))


async def test_sends_what_copy_and_delete_say(wire: Wire, client: Client) -> None:
    wire.plays(sends(head(200, "Content-Length: 0")))
    await client.copy("pip", "pop")
    await client.delete("pop")
    copied, deleted = wire.asked
    assert copied.json == {"source": "pip", "destination": "pop"}
    assert (deleted.method, deleted.json["model"]) == ("DELETE", "pop")


async def test_show_asks_for_the_long_lists_only_if_told(wire: Wire, client: Client) -> None:
    wire.plays(answers({"model_info": {}}))
    await client.show("pip")
    await client.show("pip", verbose=True)
    assert [asked.json.get("verbose") for asked in wire.asked] == [None, True]
