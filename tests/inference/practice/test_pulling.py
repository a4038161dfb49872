import asyncio
import json
from itertools import groupby
from typing import Any

import pytest

from inference.practice import PracticeServer

from .asking import chat, follow, model, names, post
from .raw_http import ask, request_bytes

TINY = "practice/tiny"


async def pull(server: PracticeServer, name: str = TINY, **fields: Any) -> list[dict[str, Any]]:
    return (await post(server, "/api/pull", model=name, **fields)).lines()


def layers(lines: list[dict[str, Any]]) -> dict[str, list[int]]:
    """What was completed of each layer, line by line."""
    found: dict[str, list[int]] = {}
    for line in lines:
        if "digest" in line:
            found.setdefault(line["digest"], []).append(line.get("completed", 0))
    return found


async def test_what_was_pulled_is_there_to_chat_with(server: PracticeServer):
    lines = await pull(server)

    listed = (await ask(server.url, "GET", "/api/tags")).json()["models"]
    assert lines[-1] == {"status": "success"}
    sizes = {each["name"]: each["size"] for each in listed}
    assert sizes["practice/tiny:latest"] == sum(max(done) for done in layers(lines).values())
    assert (await chat(server, model=TINY)).status == 200


async def test_layers_come_one_after_the_other_and_only_grow(server: PracticeServer):
    lines = [line for line in await pull(server) if "digest" in line]

    assert len([digest for digest, _ in groupby(line["digest"] for line in lines)]) == 5
    for done in layers(lines).values():
        assert done == sorted(done)


async def test_a_small_layer_repeats_its_line(server: PracticeServer):
    small = list(layers(await pull(server)).values())[-1]

    assert len(small) == 16
    assert len(set(small)) == 1


async def test_goes_on_from_the_parts_that_an_earlier_pull_left(server: PracticeServer):
    first = await ask(server.url, "POST", "/api/pull", body={"model": TINY}, chunks=6)
    await asyncio.to_thread(server.log.wait_for, lambda found: found[0]["cut_by_client"], 10)

    weights, *_ = layers(await pull(server)).values()

    assert weights[0] > first.lines()[-1]["completed"]


async def test_is_not_there_as_long_as_it_was_not_pulled_whole(server: PracticeServer):
    await ask(server.url, "POST", "/api/pull", body={"model": TINY}, chunks=6)
    await asyncio.to_thread(server.log.wait_for, lambda found: found[0]["cut_by_client"], 10)

    assert "practice/tiny:latest" not in names(server)


async def test_an_update_brings_new_weights_and_removes_the_old(server: PracticeServer):
    await pull(server)
    old = model(server, TINY).weights_layer
    follow(server, registry=[{"name": TINY, "version": "2"}])

    lines = await pull(server)

    assert [line["status"] for line in lines[-3:]] == [
        "writing manifest", "removing unused layers", "success"
    ]  # fmt: skip
    assert len([done for done in layers(lines).values() if len(done) > 1]) == 2  # and the config
    assert not server.blobs.has(old.digest)
    assert names(server).count("practice/tiny:latest") == 1


async def test_what_is_current_is_fetched_no_second_time(server: PracticeServer):
    digest = model(server, "practice").shown_digest

    lines = await pull(server, "practice")

    assert all(len(done) == 1 for done in layers(lines).values())
    assert model(server, "practice").shown_digest == digest


async def test_pulls_what_the_script_publishes(server: PracticeServer):
    follow(server, registry=[{"name": "hf.co/org/model:Q4", "size": 300_000, "system": "Be kind."}])

    lines = await pull(server, "hf.co/org/model:Q4")

    assert lines[-1] == {"status": "success"}
    assert "> Be kind." in (await chat(server, model="hf.co/org/model:Q4")).content()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("nope", "pull model manifest: file does not exist"),
        ("practice/nope:v1", "pull model manifest: file does not exist"),
        (
            "hub.example/a/b",
            'pull model manifest: Get "https://hub.example/v2/a/b/manifests/latest": '
            "dial tcp: lookup hub.example: no such host",
        ),
    ],
)
async def test_says_in_the_stream_why_it_cannot(server: PracticeServer, name: str, error: str):
    assert await pull(server, name) == [{"status": "pulling manifest"}, {"error": error}]


async def test_a_name_with_http_needs_insecure(server: PracticeServer):
    answer = await post(server, "/api/pull", model="http://127.0.0.1:5003/library/pip")

    assert (answer.status, answer.json()) == (500, {"error": "insecure protocol http"})


@pytest.mark.parametrize("name", ["a b", "a/b/c/d", "x" * 81, "é", ":tag"])
async def test_refuses_a_name_that_is_none(server: PracticeServer, name: str):
    answer = await post(server, "/api/pull", model=name)

    assert (answer.status, answer.json()) == (400, {"error": "invalid model name"})


async def test_lasts_as_long_as_the_speed_says(server: PracticeServer):
    follow(server, pull_speed=50_000_000, layer_seconds=0)
    begun = asyncio.get_running_loop().time()

    await pull(server)

    assert asyncio.get_running_loop().time() - begun >= 5_242_880 / 50_000_000


async def test_a_layer_lasts_as_scripted_however_small_it_is(server: PracticeServer):
    follow(server, pull_speed=1e12, layer_seconds=0.12)

    done = layers(await pull(server))

    assert max(len(of_layer) for of_layer in done.values()) == 2  # one every 60 ms


async def test_two_who_pull_one_layer_share_its_download(server: PracticeServer):
    follow(server, faults={"kind": "stall", "after_lines": 9, "times": 1})
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(request_bytes("POST", "/api/pull", body=json.dumps({"model": TINY}).encode()))
    for _ in range(9):
        line = await reader.readuntil(b"}\n")

    second = layers(await pull(server))
    server.let_go()
    rest = [line for line in (await reader.read()).splitlines() if line.startswith(b"{")]

    weights, *_ = second.values()
    assert weights[0] > json.loads(line.splitlines()[-1])["completed"]
    assert json.loads(rest[1])["completed"] == weights[-1]  # the second brought it for both
    writer.close()


async def test_a_pull_that_streams_nothing_lasts_until_all_is_there(server: PracticeServer):
    answer = await post(server, "/api/pull", model=TINY, stream=False)

    assert answer.json() == {"status": "success"}
    assert "practice/tiny:latest" in names(server)


async def test_reads_names_without_regard_to_case(server: PracticeServer):
    await pull(server, "Practice/TINY")
    again = await pull(server)

    assert all(len(done) == 1 for done in layers(again).values())
    assert [name for name in names(server) if "iny" in name.lower()] == ["Practice/TINY:latest"]


async def test_a_pull_that_outlasts_a_reset_leaves_nothing(server: PracticeServer):
    follow(server, faults={"kind": "stall", "after_lines": 4})
    pulling = asyncio.create_task(pull(server))
    await asyncio.to_thread(server.log.wait_for, bool, 10)
    await ask(server.url, "GET", "/practice/requests")

    server.reset()

    assert (await pulling)[-1] == {"status": "success"}
    assert "practice/tiny:latest" not in names(server)


async def test_a_reset_forgets_what_was_pulled(server: PracticeServer):
    before = names(server)
    await pull(server)

    server.reset()

    assert names(server) == before
    assert len(layers(await pull(server))) == 5
