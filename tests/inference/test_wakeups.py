import asyncio
import threading
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from inference import wakeups


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(wakeups, "_paused_until", 0.0)


class BrokenLayer:
    """A layer whose server is gone."""

    def __init__(self):
        self.calls = 0

    async def group_send(self, group, event):
        self.calls += 1
        raise ConnectionError("gone")

    async def new_channel(self):
        raise ConnectionError("gone")


async def member_of(group):
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(group, channel)

    async def receive():
        async with asyncio.timeout(5):
            return await layer.receive(channel)

    return receive


async def test_sends_text_from_async_code():
    group = wakeups.audience_group(uuid4())
    receive = await member_of(group)
    await wakeups.ashow(group, {"kind": "list"})
    assert await receive() == {"type": "show", "text": '{"kind":"list"}'}


async def test_sends_from_sync_code_in_the_loop():
    group = wakeups.audience_group(uuid4())
    receive = await member_of(group)
    wakeups.show(group, "text")
    assert (await receive())["text"] == "text"


async def test_sends_from_a_thread_of_a_request():
    group = wakeups.audience_group(uuid4())
    receive = await member_of(group)
    await sync_to_async(wakeups.show)(group, "text")
    assert (await receive())["text"] == "text"


async def test_sends_from_a_plain_thread_beside_a_worker():
    group = wakeups.audience_group(uuid4())
    receive = await member_of(group)
    listener = wakeups.listen(lambda: None)
    try:
        threading.Thread(target=wakeups.show, args=(group, "text")).start()
        assert (await receive())["text"] == "text"
    finally:
        wakeups.ignore(listener)


async def test_wakes_the_worker_of_this_process_from_any_thread():
    woken = asyncio.Event()
    listener = wakeups.listen(woken.set)
    try:
        threading.Thread(target=wakeups.wake_worker).start()
        async with asyncio.timeout(5):
            await woken.wait()
    finally:
        wakeups.ignore(listener)


async def test_wakes_nobody_who_no_longer_listens():
    woken = asyncio.Event()
    wakeups.ignore(wakeups.listen(woken.set))
    wakeups.wake_worker()
    await asyncio.sleep(0)
    assert not woken.is_set()


async def test_a_layer_that_raises_is_left_alone_for_a_while(monkeypatch):
    layer = BrokenLayer()
    monkeypatch.setattr(wakeups, "get_channel_layer", lambda: layer)
    await wakeups.ashow("audience.a", "one")
    await wakeups.ashow("audience.a", "two")
    assert layer.calls == 1


async def test_sync_code_never_sees_a_layer_that_raises(monkeypatch):
    layer = BrokenLayer()
    monkeypatch.setattr(wakeups, "get_channel_layer", lambda: layer)
    await sync_to_async(wakeups.show)("audience.a", "one")
    await sync_to_async(wakeups.wake_worker)()
    assert layer.calls == 1
