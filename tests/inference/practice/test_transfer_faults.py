"""What goes wrong in a pull, a push or a create, as the script says."""

import asyncio
from typing import Any

import pytest

from inference.practice import Fault, PracticeServer
from inference.practice.progress import TICK

from .asking import follow, names, post
from .raw_http import Answer, ask

TINY = "practice/tiny"


async def pull(server: PracticeServer, **fields: Any) -> Answer:
    return await post(server, "/api/pull", model=TINY, **fields)


def progress(answer: Answer) -> list[dict[str, Any]]:
    """The lines of the first layer."""
    lines = answer.lines()
    return [line for line in lines if line.get("digest") == lines[1].get("digest")]


async def test_a_full_disk_ends_a_pull_and_leaves_the_parts(server: PracticeServer):
    follow(server, faults={"kind": "no_space", "after_lines": 6, "times": 1})

    answer = await pull(server)
    resumed = await pull(server)

    assert (answer.status, answer.complete, len(answer.lines())) == (200, True, 7)
    assert answer.lines()[-1]["error"].endswith("-partial: no space left on device")
    assert answer.lines()[1]["digest"].replace(":", "-") in answer.lines()[-1]["error"]
    assert progress(resumed)[0]["completed"] > answer.lines()[-2]["completed"]
    assert f"{TINY}:latest" in names(server)


async def test_a_full_disk_ends_a_pull_that_does_not_stream(server: PracticeServer):
    follow(server, faults={"kind": "no_space", "after_lines": 6})

    answer = await pull(server, stream=False)

    assert (answer.status, answer.header("content-type")) == (500, "application/json")
    assert "no space left on device" in answer.json()["error"]


async def test_an_error_comes_as_a_line_and_then_a_clean_end(server: PracticeServer):
    follow(server, faults={"kind": "error", "after_lines": 3, "text": "max retries exceeded: EOF"})

    answer = await pull(server)

    assert (answer.status, answer.complete) == (200, True)
    assert answer.lines()[3:] == [{"error": "max retries exceeded: EOF"}]


async def test_an_error_before_the_first_line_has_its_status(server: PracticeServer):
    follow(server, faults={"kind": "error", "text": "broken"})

    answer = await pull(server)

    assert (answer.status, answer.chunks) == (500, ['{"error":"broken"}'])


async def test_hangs_up_after_some_lines(server: PracticeServer):
    follow(server, faults={"kind": "cut", "after_lines": 4})

    answer = await pull(server)

    assert (answer.complete, len(answer.lines())) == (False, 4)
    assert f"{TINY}:latest" not in names(server)


async def test_hangs_up_in_the_middle_of_a_line(server: PracticeServer):
    follow(server, faults={"kind": "cut", "after_bytes": 100})

    answer = await pull(server)

    assert (answer.complete, len(answer.body)) == (False, 100)


async def test_ends_well_without_success(server: PracticeServer):
    follow(server, faults={"kind": "eof"})

    answer = await pull(server)

    assert answer.complete
    assert answer.lines()[-1] == {"status": "writing manifest"}


async def test_a_fault_after_more_lines_than_there_are_strikes_before_success(
    server: PracticeServer,
):
    follow(server, faults={"kind": "garbage", "after_lines": 9999, "text": "{nonsense"})

    answer = await pull(server)

    assert answer.chunks[-2:] == ["{nonsense\n", '{"status":"success"}\n']


async def test_progress_without_totals(server: PracticeServer):
    follow(server, faults={"kind": "no_totals"})

    answer = await pull(server)

    assert all(set(line) <= {"status", "digest"} for line in answer.lines())
    assert answer.lines()[-1] == {"status": "success"}


async def test_totals_that_shrink(server: PracticeServer):
    follow(server, faults={"kind": "shrinking", "after_lines": 3})

    totals = [line["total"] for line in progress(await pull(server))]

    assert totals[0] == totals[1]
    assert totals[2:] == sorted(set(totals[2:]), reverse=True)


async def test_progress_that_goes_back(server: PracticeServer):
    follow(server, faults={"kind": "backwards"})

    done = [line["completed"] for line in progress(await pull(server))]

    assert done != sorted(done)
    assert done[-1] in (max(done), max(done) // 2)


async def test_a_flood_of_lines(server: PracticeServer):
    follow(server, faults={"kind": "flood", "size": 200})

    lines = (await pull(server)).lines()

    told = [line for line in lines if "total" in line]
    assert len(told) > 5000
    assert all(told[at] == told[at + 199] for at in range(0, len(told), 200))


def test_a_flood_is_of_fifty_thousand_lines_a_second():
    assert Fault.parse({"kind": "flood"}).size / TICK == pytest.approx(50_000)


async def test_a_stall_holds_the_pull_until_it_is_released(server: PracticeServer):
    follow(server, faults={"kind": "stall", "after_lines": 4})
    pulling = asyncio.create_task(pull(server))
    await asyncio.to_thread(server.log.wait_for, bool, 10)
    await ask(server.url, "GET", "/practice/requests")

    held = not pulling.done()
    follow(server, faults=[])
    while not pulling.done():
        server.let_go()
        await asyncio.sleep(0)

    assert held
    assert pulling.result().lines()[-1] == {"status": "success"}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/api/push", {"model": "practice"}),
        ("/api/create", {"model": "x", "from": "practice"}),
        ("/api/copy", {"source": "practice", "destination": "x"}),
        ("/api/pull", {"model": TINY}),
    ],
)
async def test_any_of_them_is_busy_or_fails_as_scripted(
    server: PracticeServer, path: str, fields: dict[str, str]
):
    faults = [{"kind": "busy", "times": 1, "path": path}]
    follow(server, faults=faults)

    busy = await post(server, path, **fields)
    follow(server, faults={"kind": "error", "text": "broken"})
    failed = await post(server, path, **fields)

    assert busy.status == 503
    assert (failed.status, failed.json()) == (500, {"error": "broken"})
    assert "x:latest" not in names(server)


async def test_a_fault_of_a_model_strikes_the_pull_of_that_model_only(server: PracticeServer):
    follow(server, faults={"kind": "busy", "model": TINY})

    other = await post(server, "/api/pull", model="practice/large")

    assert (other.status, (await pull(server)).status) == (200, 503)


async def test_a_deletion_whose_answer_is_lost_has_happened(server: PracticeServer):
    follow(server, faults={"kind": "cut", "path": "/api/delete"})

    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await ask(server.url, "DELETE", "/api/delete", body={"model": "practice"})

    assert "practice:latest" not in names(server)


@pytest.mark.parametrize(
    "published",
    [{"size": 3}, {"name": "a b"}, {"name": "x", "weight": 3}, {"name": "x", "size": "3"}],
)
async def test_refuses_to_publish_what_is_no_model(
    server: PracticeServer, published: dict[str, object]
):
    answer = await ask(server.url, "POST", "/practice/script", body={"registry": [published]})

    assert answer.status == 400
