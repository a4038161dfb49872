import asyncio

import pytest

from inference.practice import PracticeServer
from inference.practice.ticker import Ticker

from .asking import chat, follow, whole


async def test_streams_no_faster_than_the_script_says(server: PracticeServer):
    follow(server, answer=["word "] * 11, speed=200)
    begun = asyncio.get_running_loop().time()

    await chat(server)

    assert asyncio.get_running_loop().time() - begun >= 0.05


async def test_a_whole_answer_takes_its_time_too(server: PracticeServer):
    follow(server, answer=["word "] * 10, speed=200)
    begun = asyncio.get_running_loop().time()

    await whole(server)

    assert asyncio.get_running_loop().time() - begun >= 0.05


async def test_the_loading_time_is_told(server: PracticeServer):
    follow(server, load_seconds=0.03)

    cold, warm = await whole(server), await whole(server)

    assert cold["load_duration"] >= 30_000_000
    assert warm["load_duration"] > 0


async def test_many_streams_come_through_whole(server: PracticeServer):
    follow(server, answer=["word "] * 20, speed=500)

    answers = await asyncio.gather(*(chat(server) for _ in range(50)))

    assert {answer.content() for answer in answers} == {"word " * 20}
    assert all(answer.complete for answer in answers)


async def test_a_line_that_is_due_late_holds_nobody_up():
    ticker = Ticker()
    late = asyncio.create_task(ticker.play(lambda now: now + 60))
    await asyncio.sleep(0)
    left = iter([0.001, 0.001, None])

    def step(now: float) -> float | None:
        wait = next(left)
        return None if wait is None else now + wait

    await asyncio.wait_for(ticker.play(step), timeout=10)

    assert not late.done()
    late.cancel()
    ticker.stop()


async def test_what_a_step_raises_comes_to_its_player():
    ticker = Ticker()

    def step(now: float) -> float | None:
        raise RuntimeError("wrong")

    with pytest.raises(RuntimeError, match="wrong"):
        await ticker.play(step)
