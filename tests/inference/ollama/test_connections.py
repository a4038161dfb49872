"""Connections end when they should, and none is lost."""

import asyncio
import socket

import pytest

from inference.ollama import Busy, ChatRequest, Client, Interrupted, Timeouts, exchange
from inference.ollama.sockets import connect

from .wire import DONE, STREAM, Wire, answers, chunk, sends, streams, then_waits, token

HELLO = ChatRequest("pip", [{"role": "user", "content": "Hello"}])


async def read_all(client: Client) -> None:
    async with client.chat(HELLO) as batches:
        async for _ in batches:
            pass


async def test_leaving_in_mid_answer_closes_the_connection(wire: Wire, client: Client) -> None:
    wire.plays(then_waits(STREAM, chunk(token("Hi"))))
    async with client.chat(HELLO) as batches:
        await anext(batches)
        assert wire.open == 1
    await wire.until(lambda: wire.open == 0)


async def test_leaving_before_the_first_byte_closes_the_connection(
    wire: Wire, client: Client
) -> None:
    wire.plays(then_waits())
    async with client.chat(HELLO):
        await wire.until(lambda: len(wire.asked) == 1)
    await wire.until(lambda: wire.open == 0)


async def test_entering_and_leaving_at_once_is_fine(wire: Wire, client: Client) -> None:
    wire.plays(then_waits())
    async with client.chat(HELLO):
        pass
    await wire.until(lambda: wire.open == 0)


async def test_an_answer_that_is_done_closes_the_connection(wire: Wire, client: Client) -> None:
    wire.plays(streams(token("Hi"), DONE))
    await read_all(client)
    await wire.until(lambda: wire.open == 0)


async def test_no_connection_is_lost_to_fifty_cancels(wire: Wire) -> None:
    client = Client(wire.url, most_connections=10)
    wire.plays(then_waits(STREAM, chunk(token("Hi"))))
    for nth in range(5):
        tasks = [asyncio.create_task(read_all(client)) for _ in range(10)]
        await wire.until(lambda nth=nth: len(wire.asked) == 10 * (nth + 1))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await wire.until(lambda: wire.open == 0)
    wire.plays(streams(DONE))
    await asyncio.gather(*(read_all(client) for _ in range(10)))


async def test_no_connection_is_lost_to_one_who_is_cancelled_twice(wire: Wire) -> None:
    client = Client(wire.url, most_connections=1)
    wire.plays(then_waits(STREAM, chunk(token("Hi"))))
    for nth in range(10):
        task = asyncio.create_task(read_all(client))
        await wire.until(lambda nth=nth: len(wire.asked) == nth + 1)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await wire.until(lambda: wire.open == 0)
    wire.plays(streams(DONE))
    await read_all(client)


async def test_no_connection_is_lost_to_cancels_while_connecting(wire: Wire) -> None:
    client = Client(wire.url, most_connections=1)
    wire.plays(then_waits())
    for turns in [*range(15)] * 3:
        task = asyncio.create_task(read_all(client))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await wire.until(lambda: wire.open == 0)
    wire.plays(streams(DONE))
    await read_all(client)


async def test_too_many_at_once_is_busy(wire: Wire) -> None:
    client = Client(wire.url, timeouts=Timeouts(permit=0.01), most_connections=1)
    wire.plays(then_waits(STREAM, chunk(token("Hi"))))
    async with client.chat(HELLO) as batches:
        await anext(batches)
        with pytest.raises(Busy) as raised:
            await read_all(client)
    assert raised.value.before_first_byte


async def test_the_environment_names_no_proxy(
    wire: Wire, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    wire.plays(answers({"version": "0.24.0"}))
    assert await Client(wire.url).version() == "0.24.0"


async def test_reading_waits_for_who_takes_the_bytes(wire: Wire, client: Client) -> None:
    sent = asyncio.Event()

    async def script(writer: asyncio.StreamWriter) -> None:
        for nth in range(16):
            await sends(*[STREAM] * (nth == 0), chunk(b"x" * 2**20))(writer)
            if nth == 2:
                sent.set()

    wire.plays(script)
    async with client._exchange("GET", "/") as answer:
        await sent.wait()
        assert len(await answer.read()) < exchange.MOST_AHEAD + 2**17


async def test_closing_the_client_ends_its_answers(wire: Wire) -> None:
    client = Client(wire.url)
    wire.plays(then_waits(STREAM, chunk(token("Hi"))))
    async with client.chat(HELLO) as batches:
        await anext(batches)
        await client.close()
        with pytest.raises(Interrupted):
            await anext(batches)
    await wire.until(lambda: wire.open == 0)


async def test_a_silent_connection_is_known_to_be_alive(wire: Wire) -> None:
    wire.plays(then_waits())
    host, port = wire.url.removeprefix("http://").split(":")
    sock = (await connect(host, int(port))).detach()
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    sock.close()
