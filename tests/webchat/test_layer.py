"""The layer in memory keeps Channels' promises, at less cost."""

import asyncio
import time

import pytest

from webchat import layer as module
from webchat.layer import MemoryLayer


@pytest.fixture
def layer() -> MemoryLayer:
    return MemoryLayer(capacity=2)


async def test_brings_a_message_to_every_channel_of_the_group(layer) -> None:
    for channel in ("one", "two"):
        await layer.group_add("readers", channel)
    await layer.group_add("others", "three")
    await layer.group_send("readers", {"type": "show", "text": "Hi"})
    assert await layer.receive("one") == {"type": "show", "text": "Hi"}
    assert await layer.receive("two") == {"type": "show", "text": "Hi"}
    assert "three" not in layer.channels


async def test_drops_what_a_channel_has_no_room_for(layer) -> None:
    await layer.group_add("readers", "slow")
    for text in "abc":
        await layer.group_send("readers", {"type": "show", "text": text})
    assert [(await layer.receive("slow"))["text"] for _ in range(2)] == ["a", "b"]
    assert "slow" not in layer.channels


async def test_wakes_a_reader_that_waits(layer) -> None:
    await layer.group_add("readers", "one")
    waiting = asyncio.create_task(layer.receive("one"))
    await asyncio.sleep(0)
    await layer.group_send("readers", {"type": "show"})
    assert await asyncio.wait_for(waiting, 5) == {"type": "show"}


async def test_knows_nothing_of_a_group_that_all_have_left(layer) -> None:
    await layer.group_add("readers", "one")
    await layer.group_discard("readers", "one")
    await layer.group_send("readers", {"type": "show"})
    assert layer.channels == {}


async def test_takes_a_channel_that_nobody_reads_out_of_its_groups(layer, monkeypatch) -> None:
    await layer.group_add("readers", "gone")
    await layer.group_send("readers", {"type": "show"})
    later = time.time() + layer.expiry + 1
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(module, "CLEAN_EVERY_S", 0.0)
    layer._clean_at = 0.0
    await layer.group_send("readers", {"type": "show"})
    assert layer.groups["readers"] == {}


async def test_who_listens_directly_is_asked_before_the_queue(layer) -> None:
    taken = []

    def take(message) -> bool:
        taken.append(message["text"])
        return message["text"] == "a"

    layer.direct["quick"] = take
    for channel in ("quick", "other"):
        await layer.group_add("readers", channel)
    for text in "ab":
        await layer.group_send("readers", {"type": "show", "text": text})
    assert taken == ["a", "b"]
    assert (await layer.receive("quick"))["text"] == "b"
    assert [(await layer.receive("other"))["text"] for _ in range(2)] == ["a", "b"]
