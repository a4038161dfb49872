"""Loading, places and leaving. The clock is the test's own."""

import asyncio

import pytest

from inference.practice import Script, go
from inference.practice.memory import Memory, Runner
from inference.practice.models import PRACTICE_MODELS

from .recorded import RECORDED

CHAT, THINK, VISION, EMBED = PRACTICE_MODELS
AT_ONCE = Script(load_seconds=0)


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Memory:
    return Memory(clock)


async def use(memory: Memory, model=CHAT, keep_alive=None, script=AT_ONCE, **options) -> Runner:
    async with memory.use(model, options, keep_alive, script) as runner:
        return runner


async def turns() -> None:
    """Lets every task come as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


def names(memory: Memory) -> list[str]:
    return [runner.model.name.model for runner in memory.loaded()]


async def test_stays_five_minutes_after_its_last_use(memory: Memory, clock: Clock):
    await use(memory)
    clock.now += 299
    assert names(memory) == ["practice"]

    clock.now += 1
    assert names(memory) == []


async def test_stays_as_long_as_it_is_told_to(memory: Memory, clock: Clock):
    await use(memory, keep_alive=10)
    await use(memory)  # says nothing of it: as before

    clock.now += 10

    assert names(memory) == []


async def test_does_not_leave_while_it_is_used(memory: Memory, clock: Clock):
    async with memory.use(CHAT, {}, 10, AT_ONCE):
        clock.now += 100
        assert names(memory) == ["practice"]


async def test_stays_for_ever(memory: Memory):
    await use(memory, keep_alive=float("inf"))

    (runner,) = memory.loaded()

    assert go.timestamp(runner.expires_ns()).startswith("23")


async def test_an_unload_waits_for_the_last_answer(memory: Memory):
    async with memory.use(CHAT, {}, None, AT_ONCE):
        memory.unload(CHAT)
        assert names(memory) == ["practice"]

    assert names(memory) == []


async def test_loads_again_for_another_context(memory: Memory):
    first = await use(memory)

    second = await use(memory, num_ctx=512)

    assert second is not first
    assert [runner.num_ctx for runner in memory.loaded()] == [512]


async def test_a_change_of_context_waits_until_nobody_uses_the_model(memory: Memory):
    async with memory.use(CHAT, {}, None, AT_ONCE):
        other = asyncio.create_task(use(memory, num_ctx=512))
        await turns()
        assert not other.done()

    assert (await other).num_ctx == 512


async def test_never_has_more_context_than_it_was_trained_for(memory: Memory):
    assert (await use(memory, num_ctx=1_000_000)).num_ctx == CHAT.context_length


async def test_sends_the_idle_model_away_that_would_leave_first(memory: Memory):
    await use(memory, CHAT, keep_alive=600)
    await use(memory, THINK, keep_alive=60)
    await use(memory, VISION, keep_alive=300)

    await use(memory, EMBED, keep_alive=30)

    assert names(memory) == ["practice", "practice-vision", "practice-embed"]


async def test_waits_for_a_place_while_all_models_work(memory: Memory):
    one_place = Script(load_seconds=0, max_loaded=1)
    async with memory.use(CHAT, {}, None, one_place):
        other = asyncio.create_task(use(memory, THINK, script=one_place))
        await turns()
        assert not other.done()

    assert (await other).model is THINK


async def test_serves_only_as_many_at_once_as_it_is_told_to(memory: Memory):
    one = Script(load_seconds=0, parallel=1)
    async with memory.use(CHAT, {}, None, one):
        other = asyncio.create_task(use(memory, script=one))
        await turns()
        assert not other.done()

    assert (await other).model is CHAT


async def test_is_not_listed_while_it_loads(memory: Memory):
    loading = asyncio.create_task(use(memory, script=Script(load_seconds=60)))
    await turns()

    assert names(memory) == []

    loading.cancel()
    await turns()
    assert (await use(memory)).ready


async def test_those_who_wait_for_a_load_share_it(memory: Memory):
    slow = Script(load_seconds=0.01)

    first, second = await asyncio.gather(use(memory, script=slow), use(memory, script=slow))

    assert first is second


async def test_a_shared_file_has_one_place(memory: Memory):
    mario, pip = RECORDED[2], RECORDED[3]
    await use(memory, pip)
    await use(memory, mario)

    assert names(memory) == ["pip"]
