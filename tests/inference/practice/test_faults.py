import asyncio
import json

import pytest

from inference.practice import PracticeServer

from .asking import chat, follow, whole
from .raw_http import ask, request_bytes

PIECES = ["one ", "two ", "three ", "four ", "five"]


async def test_closes_the_connection_at_once_when_it_refuses(server: PracticeServer):
    follow(server, faults={"kind": "refuse", "times": 1})

    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await chat(server)

    assert (await chat(server)).status == 200


async def test_is_busy_as_often_as_it_was_told(server: PracticeServer):
    follow(server, faults={"kind": "busy", "times": 2})

    assert [(await chat(server)).status for _ in range(3)] == [503, 503, 200]


async def test_answers_with_a_scripted_status(server: PracticeServer):
    follow(server, faults={"kind": "status", "status": 500, "text": "out of memory"})

    answer = await chat(server)

    assert (answer.status, answer.json()) == (500, {"error": "out of memory"})


@pytest.mark.parametrize("limit", [{"model": "practice-think"}, {"path": "/api/generate"}])
async def test_strikes_only_the_model_and_the_path_it_is_limited_to(
    server: PracticeServer, limit: dict[str, str]
):
    follow(server, faults={"kind": "busy", **limit})

    assert (await chat(server)).status == 200


async def test_takes_the_model_of_a_fault_with_or_without_its_tag(server: PracticeServer):
    follow(server, faults={"kind": "busy", "model": "practice"})

    assert (await chat(server, model="practice:latest")).status == 503


async def test_sends_an_error_after_some_lines_and_ends_well(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "error", "after_lines": 2, "text": "no more"})

    answer = await chat(server)

    assert (answer.status, answer.complete) == (200, True)
    assert answer.content() == "one two "
    assert answer.lines()[-1] == {"error": "no more"}


async def test_an_error_before_the_first_line_has_its_status(server: PracticeServer):
    follow(server, faults={"kind": "error", "text": "broken"})

    answer = await chat(server)

    assert (answer.status, answer.header("content-type")) == (500, "application/json")
    assert answer.chunks == ['{"error":"broken"}']


async def test_a_runner_that_dies_is_no_longer_loaded(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "crash", "after_lines": 1, "times": 1})

    answer = await chat(server)

    assert "unexpected EOF" in answer.lines()[-1]["error"]
    assert server.memory.loaded() == []
    assert (await chat(server)).content() == "one two three four five"


async def test_cuts_the_connection_after_some_lines(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "cut", "after_lines": 2})

    answer = await chat(server)

    assert not answer.complete
    assert answer.content() == "one two "


async def test_cuts_the_connection_in_the_middle_of_a_line(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "cut", "after_bytes": 150})

    answer = await chat(server)

    assert not answer.complete
    assert len(answer.body) == 150


async def test_cuts_an_answer_that_does_not_stream(server: PracticeServer):
    follow(server, faults={"kind": "cut", "path": "/api/tags"})

    with pytest.raises(asyncio.IncompleteReadError):
        await ask(server.url, "GET", "/api/tags")


async def test_ends_well_without_the_last_line(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "eof"})

    answer = await chat(server)

    assert answer.complete
    assert answer.content() == "one two three four five"
    assert not answer.lines()[-1]["done"]


async def test_ends_well_after_some_lines(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "eof", "after_lines": 3})

    assert (await chat(server)).content() == "one two three "


async def test_sends_garbage_among_the_lines(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "garbage", "after_lines": 1, "text": "{nonsense"})

    answer = await chat(server)

    assert answer.chunks[1] == "{nonsense\n"
    assert json.loads(answer.chunks[-1])["done"]


async def test_sends_a_huge_line(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "huge", "size": 100_000})

    answer = await chat(server)

    assert answer.lines()[0]["message"]["content"] == "x" * 100_000


async def test_splits_lines_anywhere(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "split", "size": 7})

    answer = await chat(server)

    assert {len(chunk) for chunk in answer.chunks[:-1]} == {7}
    assert answer.content() == "one two three four five"


async def test_stalls_until_it_is_released(server: PracticeServer):
    follow(server, answer=PIECES, faults={"kind": "stall", "after_lines": 2})
    reader, writer = await asyncio.open_connection(server.host, server.port)
    body = {"model": "practice", "messages": [{"role": "user", "content": "Hi"}]}
    writer.write(request_bytes("POST", "/api/chat", body=json.dumps(body).encode()))
    begun = await reader.readuntil(b"two ")

    await ask(server.url, "POST", "/practice/release")
    rest = await reader.read()

    assert b"three" not in begun
    assert rest.endswith(b"0\r\n\r\n")
    writer.close()


async def test_a_stall_before_the_first_line_sends_nothing(server: PracticeServer):
    follow(server, faults={"kind": "stall"})
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(request_bytes("GET", "/api/tags"))
    received = asyncio.create_task(reader.read())
    await ask(server.url, "GET", "/practice/requests")

    assert not received.done()

    server.let_go()
    assert b"200 OK" in await received
    writer.close()


async def test_is_slow_to_begin(server: PracticeServer):
    follow(server, faults={"kind": "slow", "seconds": 0.05})
    begun = asyncio.get_running_loop().time()

    await whole(server)

    assert asyncio.get_running_loop().time() - begun >= 0.05


async def test_several_faults_strike_one_answer_in_turn(server: PracticeServer):
    faults = [{"kind": "cut", "after_lines": 3}, {"kind": "garbage", "after_lines": 1, "text": "?"}]
    follow(server, answer=PIECES, faults=faults)

    answer = await chat(server)

    assert answer.chunks[1] == "?\n"
    assert not answer.complete
    assert len(answer.chunks) == 4


@pytest.mark.parametrize(
    "script",
    [{"spede": 3}, {"faults": {"kind": "meteor"}}, {"faults": {"kind": "cut", "line": 3}}, [1]],
)
async def test_refuses_a_script_that_it_does_not_know(server: PracticeServer, script: object):
    answer = await ask(server.url, "POST", "/practice/script", body=script)

    assert answer.status == 400


async def test_a_reset_goes_back_to_the_script_of_the_start(server: PracticeServer):
    await ask(server.url, "POST", "/practice/script", body={"answer": "Ha!"})
    said = (await whole(server))["message"]["content"]

    await ask(server.url, "POST", "/practice/reset")

    assert said == "Ha!"
    assert "practice server" in (await whole(server))["message"]["content"]
