"""The fixture `practice` that other tests use."""

import httpx
import pytest

from tests.practice import Practice

ASKED = {"model": "practice", "messages": [{"role": "user", "content": "Hi"}], "stream": False}


def say(practice: Practice) -> httpx.Response:
    return httpx.post(f"{practice.url}/api/chat", json=ASKED, trust_env=False)


def test_answers_as_scripted(practice: Practice):
    practice.script(answer="Hello!")

    assert say(practice).json()["message"]["content"] == "Hello!"


def test_is_new_for_every_test(practice: Practice):
    assert practice.requests() == []
    assert "practice server" in say(practice).json()["message"]["content"]


def test_tells_what_was_asked(practice: Practice):
    say(practice)

    (asked,) = practice.wait_for_end("/api/chat")

    assert asked["body"] == ASKED
    assert (asked["status"], asked["cut_by_client"]) == (200, False)


def test_nobody_can_connect_while_it_is_down(practice: Practice):
    with practice.down(), pytest.raises(httpx.ConnectError):
        say(practice)

    assert say(practice).status_code == 200


def test_has_what_was_pulled_until_the_test_ends(practice: Practice):
    practice.script(registry=[{"name": "mine", "size": 1_000_000}])

    httpx.post(f"{practice.url}/api/pull", json={"model": "mine"}, trust_env=False)

    assert "mine:latest" in practice.names()
    practice.reset()
    assert "mine:latest" not in practice.names()


async def test_notices_in_an_async_test_that_the_client_left(practice: Practice):
    practice.script(faults={"kind": "stall", "after_lines": 1})

    async with (
        httpx.AsyncClient(trust_env=False) as client,
        client.stream("POST", f"{practice.url}/api/chat", json=ASKED | {"stream": True}) as answer,
    ):
        await anext(answer.aiter_raw())
        await practice.asked("/api/chat")

    (cut,) = await practice.cut("/api/chat")
    assert cut["lines"] == 1
