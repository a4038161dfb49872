import asyncio
import time

from inference.pacing import Pace


class Answer:
    def __init__(self, pace):
        self.pace = pace
        self.shown = asyncio.Event()

    async def show_if_due(self):
        self.pace.forget(self)
        self.shown.set()


async def ticking(pace, until):
    ticker = asyncio.create_task(pace.tick())
    try:
        async with asyncio.timeout(5):
            await until
    finally:
        ticker.cancel()


async def test_shows_what_waits():
    pace = Pace(0.01)
    answer = Answer(pace)
    pace.wait(answer)
    await ticking(pace, answer.shown.wait())


async def test_slows_down_when_the_loop_is_late():
    pace = Pace(0.01)
    answer = Answer(pace)
    pace.wait(answer)
    asyncio.get_running_loop().call_later(0.001, time.sleep, 0.1)
    await ticking(pace, answer.shown.wait())
    assert pace.interval > 0.03
