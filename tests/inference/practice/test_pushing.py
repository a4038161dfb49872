import asyncio
from typing import Any

import pytest

from inference.practice import PracticeServer

from .asking import follow, model, names, post
from .raw_http import ask

TARGET = "hub.example/team/practice"


@pytest.fixture
async def server(server: PracticeServer) -> PracticeServer:
    """Has a model under a name of a registry that answers."""
    follow(server, registry_hosts=["hub.example"])
    await post(server, "/api/copy", source="practice", destination=TARGET)
    return server


async def push(server: PracticeServer, model: str = TARGET, **fields: Any) -> list[dict[str, Any]]:
    return (await post(server, "/api/push", model=model, **fields)).lines()


async def test_what_was_pushed_can_be_pulled(server: PracticeServer):
    lines = await push(server)
    await ask(server.url, "DELETE", "/api/delete", body={"model": TARGET})

    pulled = await post(server, "/api/pull", model=TARGET)

    assert [lines[0]["status"], lines[-2]["status"], lines[-1]["status"]] == [
        "retrieving manifest", "pushing manifest", "success"
    ]  # fmt: skip
    assert pulled.lines()[-1] == {"status": "success"}
    assert f"{TARGET}:latest" in names(server)


async def test_what_was_made_here_has_another_digest_once_it_was_pulled(server: PracticeServer):
    name = "hub.example/team/made:latest"
    await post(server, "/api/create", model=name, **{"from": "practice"}, system="Be brief.")
    before = model(server, name).shown_digest
    await push(server, name)
    await post(server, "/api/pull", model=name)
    assert model(server, name).shown_digest != before


async def test_tells_how_far_a_layer_is_until_the_client_leaves(server: PracticeServer):
    follow(server, pull_speed=1000)

    answer = await ask(server.url, "POST", "/api/push", body={"model": TARGET}, chunks=3)
    await asyncio.to_thread(server.log.wait_for, lambda found: found[-1]["cut_by_client"], 10)

    _, first, second = answer.lines()
    assert 0 < first["completed"] <= second["completed"] < second["total"]


@pytest.mark.parametrize(
    ("model", "errors"),
    [
        ("practice", ["unauthorized: access denied"]),
        ("http://hub.example/team/practice", ["insecure protocol http"]),
        ("a b", ["unqualified name: registry.ollama.ai/library/a b:latest"]),
        (
            "team/nope:v1",
            [
                "open /usr/share/ollama/.ollama/models/manifests/registry.ollama.ai/team/nope/v1: "
                "no such file or directory"
            ],
        ),
    ],
)
async def test_says_in_the_stream_why_it_cannot(
    server: PracticeServer, model: str, errors: list[str]
):
    lines = await push(server, model)

    assert lines[0] == {"status": "retrieving manifest"}
    assert [line["error"] for line in lines if "error" in line] == errors


async def test_says_that_a_registry_does_not_answer(server: PracticeServer):
    await post(server, "/api/copy", source="practice", destination="127.0.0.1:9/a/b")

    *_, last = await push(server, "127.0.0.1:9/a/b", insecure=True)

    assert last["error"].startswith('Head "http://127.0.0.1:9/v2/a/b/blobs/sha256:')
    assert last["error"].endswith("dial tcp 127.0.0.1:9: connect: connection refused")
