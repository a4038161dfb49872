"""How the answer of a chat comes, stops and fails."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.ollama import (
    BadAnswer,
    ChatRequest,
    Client,
    EndedEarly,
    GenerateRequest,
    Interrupted,
    ModelMissing,
    OllamaError,
    Piece,
    Timeouts,
    Unreachable,
    exchange,
)
from inference.ollama.answer import Answer
from inference.ollama.results import chat_piece

from .test_lines import MARKDOWN, cut
from .wire import (
    DONE,
    STREAM,
    Wire,
    answers,
    chunk,
    head,
    sends,
    streams,
    then_waits,
    token,
)

HELLO = ChatRequest("pip", [{"role": "user", "content": "Hello"}])


async def text_of(client: Client) -> str:
    async with client.chat(HELLO) as batches:
        return "".join([piece.content async for pieces in batches for piece in pieces])


async def failure_of(client: Client) -> tuple[str, OllamaError]:
    """The text that came, and what ended it."""
    text = ""
    try:
        async with client.chat(HELLO) as batches:
            async for pieces in batches:
                text += "".join(piece.content for piece in pieces)
    except OllamaError as error:
        return text, error
    pytest.fail("it ended well")


class Parts:
    """An exchange that gives out these bytes."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = iter([part for part in parts if part])

    async def read(self) -> bytes:
        return next(self._parts, b"")

    def slow_down(self, pace: float = 0) -> None: ...


@settings(max_examples=50)
@given(st.lists(st.integers(0), max_size=40))
def test_gives_the_same_pieces_wherever_the_bytes_are_cut(places: list[int]) -> None:
    async def pieces(parts: list[bytes]) -> list[Piece]:
        answer = Answer(Parts(parts), chat_piece)
        return [piece async for batch in answer for piece in batch]

    assert asyncio.run(pieces(cut(MARKDOWN, places))) == asyncio.run(pieces([MARKDOWN]))


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029", "\x1c"])
async def test_keeps_the_line_ends_of_unicode(separator: str, wire: Wire, client: Client) -> None:
    wire.plays(streams(token(f"a{separator}b"), DONE))
    assert await text_of(client) == f"a{separator}b"


async def test_takes_lines_cut_between_chunks(wire: Wire, client: Client) -> None:
    data = token("Grüße") + DONE
    wire.plays(streams(*(bytes([byte]) for byte in data)))
    assert await text_of(client) == "Grüße"


async def test_takes_a_last_line_without_line_feed(wire: Wire, client: Client) -> None:
    wire.plays(streams(token("Hi"), DONE.rstrip()))
    assert await text_of(client) == "Hi"


async def test_nothing_after_done_is_waited_for(wire: Wire, client: Client) -> None:
    wire.plays(then_waits(STREAM, chunk(token("Hi")), chunk(DONE)))
    assert await text_of(client) == "Hi"


async def test_an_end_before_done_is_an_interruption(wire: Wire, client: Client) -> None:
    wire.plays(streams(token("Hel"), token("lo")))
    text, error = await failure_of(client)
    assert text == "Hello"
    assert type(error) is EndedEarly
    assert not error.before_first_byte


async def test_a_connection_lost_in_mid_answer(wire: Wire, client: Client) -> None:
    wire.plays(streams(token("Hel"), end=b""))
    text, error = await failure_of(client)
    assert text == "Hel"
    assert type(error) is Interrupted
    assert not error.before_first_byte


async def test_an_error_line_comes_after_the_pieces_before_it(wire: Wire, client: Client) -> None:
    wire.plays(streams(token("Hel") + b'{"error":"the runner died"}\n' + token("never")))
    text, error = await failure_of(client)
    assert text == "Hel"
    assert type(error) is Interrupted
    assert error.said == "the runner died"


async def test_an_error_line_may_be_the_first(wire: Wire, client: Client) -> None:
    wire.plays(streams(b'{"error":"model \'pip\' not found"}\n'))
    _, error = await failure_of(client)
    assert type(error) is ModelMissing
    assert error.before_first_byte


async def test_garbage_in_mid_answer(wire: Wire, client: Client) -> None:
    wire.plays(streams(token("Hel"), b"<html>\n", DONE))
    text, error = await failure_of(client)
    assert text == "Hel"
    assert type(error) is BadAnswer


@pytest.mark.parametrize(
    "line",
    [
        b'{"message": [1]}\n',
        b'{"message": {"content": 7}}\n',
        b'{"message": {"content": "", "thinking": {"a": 1}}}\n',
        b'{"message": {"tool_calls": {}}}\n',
        b'{"message": {"tool_calls": [1]}}\n',
        b'{"done": true, "done_reason": 1}\n',
    ],
)
async def test_fields_of_wrong_types(line: bytes, wire: Wire, client: Client) -> None:
    wire.plays(streams(line, DONE))
    _, error = await failure_of(client)
    assert type(error) is BadAnswer


async def test_what_does_not_speak_http(wire: Wire, client: Client) -> None:
    wire.plays(sends(b"220 mail.example ESMTP\r\n\r\n"))
    _, error = await failure_of(client)
    assert type(error) is BadAnswer


async def test_a_line_of_17_mib_is_refused(wire: Wire, client: Client) -> None:
    part = chunk(b"x" * 2**20)
    wire.plays(sends(STREAM, *[part] * 17, chunk(b"\n"), chunk(DONE), b"0\r\n\r\n"))
    _, error = await failure_of(client)
    assert type(error) is BadAnswer


async def test_a_line_of_15_mib_is_taken(wire: Wire, client: Client) -> None:
    wire.plays(streams(token("x" * 15 * 2**20), DONE))
    assert len(await text_of(client)) == 15 * 2**20


async def test_counts_without_sense_are_nought(wire: Wire, client: Client) -> None:
    counts = {"eval_count": -1, "total_duration": 10**30, "prompt_eval_count": "many"}
    wire.plays(streams(token("", done=True, **counts)))
    async with client.chat(HELLO) as batches:
        (piece,) = [piece async for pieces in batches for piece in pieces]
    assert piece.usage is not None
    assert piece.usage.answer_tokens == piece.usage.prompt_tokens == piece.usage.load_ns == 0
    assert piece.usage.total_ns == 2**63 - 1


async def test_tool_calls_come_from_every_line(wire: Wire, client: Client) -> None:
    call = {"function": {"name": "weather", "arguments": {"city": "Köln\0"}}}
    wire.plays(
        streams(
            token("", message={"content": "", "tool_calls": [call]}),
            token("", message={"content": "", "tool_calls": [call]}, done=True),
        )
    )
    async with client.chat(HELLO) as batches:
        calls = [call async for pieces in batches for piece in pieces for call in piece.tool_calls]
    assert calls == [{"function": {"name": "weather", "arguments": {"city": "Köln"}}}] * 2


async def test_generate_reads_response_and_thinking(wire: Wire, client: Client) -> None:
    wire.plays(
        streams(
            b'{"response":"","thinking":"Hm","done":false}\n',
            b'{"response":"Hi","done":false}\n',
            b'{"response":"","done":true,"done_reason":"length"}\n',
        )
    )
    async with client.generate(GenerateRequest("pip", "Hello")) as batches:
        pieces = [piece async for batch in batches for piece in batch]
    assert [piece.thinking for piece in pieces] == ["Hm", "", ""]
    assert [piece.content for piece in pieces] == ["", "Hi", ""]
    assert pieces[-1].done_reason == "length"


# The pace


@pytest.fixture
def endless_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slowed down, a read waits for an hour: what comes all the same was not held back."""
    monkeypatch.setattr(exchange, "PACE", 3600)


@pytest.mark.usefixtures("endless_pace")
async def test_the_first_text_is_not_held_back(wire: Wire, client: Client) -> None:
    gate = asyncio.Event()

    async def script(writer: asyncio.StreamWriter) -> None:
        await sends(STREAM, chunk(token("")))(writer)
        await gate.wait()
        await then_waits(chunk(token("Hi")))(writer)

    wire.plays(script)
    async with asyncio.timeout(10), client.chat(HELLO) as batches:
        assert [piece.content for piece in await anext(batches)] == [""]
        gate.set()
        assert [piece.content for piece in await anext(batches)] == ["Hi"]


async def test_after_the_first_text_a_read_brings_what_has_come(wire: Wire, client: Client) -> None:
    gate = asyncio.Event()

    async def script(writer: asyncio.StreamWriter) -> None:
        await sends(STREAM, chunk(token("1")))(writer)
        await gate.wait()
        for text in "2345":
            writer.write(chunk(token(text)))
        await sends(chunk(DONE), b"0\r\n\r\n")(writer)

    wire.plays(script)
    async with client.chat(HELLO) as batches:
        assert len(await anext(batches)) == 1
        gate.set()
        assert [piece.content for piece in await anext(batches)] == ["2", "3", "4", "5", ""]


@pytest.mark.usefixtures("endless_pace")
async def test_leaving_does_not_wait_for_the_pace(wire: Wire, client: Client) -> None:
    wire.plays(then_waits(STREAM, chunk(token("Hi"))))
    async with asyncio.timeout(10), client.chat(HELLO) as batches:
        await anext(batches)
    await wire.until(lambda: wire.open == 0)


# Silence


def with_timeouts(wire: Wire, **seconds: float) -> Client:
    return Client(wire.url, timeouts=Timeouts(**{"first_byte": 20, "gap": 20, **seconds}))


async def test_silence_before_the_first_byte(wire: Wire) -> None:
    wire.plays(then_waits())
    _, error = await failure_of(with_timeouts(wire, first_byte=0.05))
    assert type(error) is Interrupted
    assert error.before_first_byte
    await wire.until(lambda: wire.open == 0)


async def test_a_head_is_no_first_byte(wire: Wire) -> None:
    wire.plays(then_waits(STREAM))
    _, error = await failure_of(with_timeouts(wire, first_byte=0.05))
    assert type(error) is Interrupted
    assert error.before_first_byte


async def test_silence_in_mid_answer(wire: Wire) -> None:
    wire.plays(then_waits(STREAM, chunk(token("Hel"))))
    text, error = await failure_of(with_timeouts(wire, gap=0.2))
    assert text == "Hel"
    assert type(error) is Interrupted
    assert not error.before_first_byte
    await wire.until(lambda: wire.open == 0)


async def test_a_slow_reader_is_no_silent_server(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MOST_AHEAD", 1)
    wire.plays(streams(token("a"), token("b"), DONE))
    async with with_timeouts(wire, gap=0.1).chat(HELLO) as batches:
        pieces = await anext(batches)
        await asyncio.sleep(0.3)  # longer than the gap
        pieces += [piece async for batch in batches for piece in batch]
    assert [piece.content for piece in pieces] == ["a", "b", ""]


async def test_nobody_listens(client: Client, wire: Wire, unused_tcp_port: int) -> None:
    _, error = await failure_of(Client(f"http://127.0.0.1:{unused_tcp_port}"))
    assert type(error) is Unreachable
    assert error.said == "Connection refused"


async def test_a_connection_closed_without_an_answer(wire: Wire, client: Client) -> None:
    wire.plays(sends())
    _, error = await failure_of(client)
    assert type(error) is Unreachable
    assert error.before_first_byte


async def test_an_answer_that_comes_whole(wire: Wire, client: Client) -> None:
    wire.plays(answers(DONE))
    assert await text_of(client) == ""


async def test_an_answer_without_length_or_chunks(wire: Wire, client: Client) -> None:
    wire.plays(sends(head(200), token("Hi"), DONE))
    assert await text_of(client) == "Hi"


async def test_counts_of_tokens_fit_a_databases_integer(wire: Wire, client: Client) -> None:
    wire.plays(streams(token("", done=True, eval_count=10**12, prompt_eval_count=2**63)))
    async with client.chat(HELLO) as batches:
        (piece,) = [piece async for pieces in batches for piece in pieces]
    assert piece.usage is not None
    assert piece.usage.answer_tokens == piece.usage.prompt_tokens == 2**31 - 1
