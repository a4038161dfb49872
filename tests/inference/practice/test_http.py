import asyncio
import json

import pytest

from inference.practice import PracticeServer

from .asking import chat, follow
from .raw_http import ask, read, request_bytes

ASKED = {"model": "practice", "messages": [{"role": "user", "content": "Hi"}]}
ASKED_BYTES = json.dumps(ASKED).encode()


async def raw(server: PracticeServer, data: bytes) -> bytes:
    """What comes back until the server closes."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(data)
    received = await reader.read()
    writer.close()
    return received


async def test_answers_one_request_after_the_other_on_a_connection(server: PracticeServer):
    reader, writer = await asyncio.open_connection(server.host, server.port)
    request = b"GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n"

    writer.write(request)
    first = await read(reader)
    writer.write(request + request)
    others = [await read(reader), await read(reader)]

    assert [answer.body for answer in others] == [first.body, first.body]
    writer.close()


async def test_asks_for_a_body_that_waits_to_be_asked_for(server: PracticeServer):
    reader, writer = await asyncio.open_connection(server.host, server.port)
    data = request_bytes("POST", "/api/show", {"Expect": "100-continue"}, b'{"model":"practice"}')
    head, _, body = data.partition(b"\r\n\r\n")

    writer.write(head + b"\r\n\r\n")
    asked = await reader.readuntil(b"\r\n\r\n")
    writer.write(body)

    assert asked.startswith(b"HTTP/1.1 100 ")
    assert (await read(reader)).status == 200
    writer.close()


async def test_sends_no_chunks_to_a_client_of_http_1_0(server: PracticeServer):
    body = b'{"model":"practice","messages":[{"role":"user","content":"Hi"}]}'
    head = f"POST /api/chat HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    received = await raw(server, head + body)

    assert b"chunked" not in received
    assert received.endswith(b"}\n")


async def test_answers_nonsense_with_400_and_closes(server: PracticeServer):
    assert (await raw(server, b"nonsense\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_sends_a_post_without_its_slash(server: PracticeServer):
    answer = await ask(server.url, "POST", "/api/show/", body={"model": "practice"})

    assert (answer.status, answer.header("location"), answer.body) == (307, "/api/show", "")


async def test_pays_no_heed_to_a_query(server: PracticeServer):
    assert (await ask(server.url, "GET", "/api/version?x=1")).status == 200


async def test_allows_a_local_origin(server: PracticeServer):
    answer = await ask(server.url, "GET", "/api/version", {"Origin": "http://localhost:3000"})

    assert answer.header("access-control-allow-origin") == "http://localhost:3000"
    assert answer.header("vary") == "Origin"


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://localhost.evil.example"]
)
async def test_refuses_a_foreign_origin(server: PracticeServer, origin: str):
    assert (await ask(server.url, "GET", "/api/tags", {"Origin": origin})).status == 403


async def test_takes_its_own_origin_for_no_other(server: PracticeServer):
    headers = {"Host": "localhost:11434", "Origin": "http://localhost:11434"}

    answer = await ask(server.url, "GET", "/api/tags", headers)

    assert (answer.status, answer.header("vary")) == (200, None)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:1", 200),
        ("127.0.0.1", 200),
        ("10.1.2.3:80", 200),
        ("[::1]:80", 200),
        ("box.local", 200),
        ("evil.example", 403),
        ("8.8.8.8", 403),
    ],
)
async def test_answers_only_to_local_names(server: PracticeServer, host: str, status: int):
    assert (await ask(server.url, "GET", "/api/tags", {"Host": host})).status == status


@pytest.mark.parametrize(("host", "status"), [("localhost", 204), ("127.0.0.1", 405)])
async def test_answers_options_by_the_name_of_the_host(
    server: PracticeServer, host: str, status: int
):
    assert (await ask(server.url, "OPTIONS", "/api/tags", {"Host": host})).status == status


async def test_a_client_that_leaves_is_noticed(server: PracticeServer):
    follow(server, answer=["word "] * 100, faults={"kind": "stall", "after_lines": 3})

    await ask(server.url, "POST", "/api/chat", body=ASKED, chunks=3)
    (asked,) = await asyncio.to_thread(
        server.log.wait_for, lambda found: bool(found and found[0]["cut_by_client"]), 10
    )

    assert (asked["lines"], asked["path"]) == (3, "/api/chat")
    assert asked["body"]["model"] == "practice"
    assert [runner.users for runner in server.memory.loaded()] == [0]


async def test_a_client_that_leaves_ends_the_loading(server: PracticeServer):
    follow(server, load_seconds=60)
    _, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(request_bytes("POST", "/api/chat", body=ASKED_BYTES))
    await asyncio.to_thread(server.log.wait_for, bool, 10)

    writer.close()
    await asyncio.to_thread(
        server.log.wait_for, lambda found: found[0]["ended"] is not None, 10
    )  # fmt: skip
    follow(server, load_seconds=0)

    assert (await chat(server)).status == 200


async def test_a_reader_that_does_not_read_holds_up_its_own_answer_only(server: PracticeServer):
    follow(server, answer=["x" * 1000] * 20_000)
    _, writer = await asyncio.open_connection(server.host, server.port, limit=1024)
    writer.transport.pause_reading()
    writer.write(request_bytes("POST", "/api/chat", body=ASKED_BYTES))
    await asyncio.to_thread(server.log.wait_for, bool, 10)

    follow(server, answer="short")
    answer = await chat(server)

    assert answer.content() == "short"
    assert server.log.all()[0]["lines"] < 20_000
    writer.transport.abort()


async def test_stops_with_answers_under_way(server: PracticeServer):
    follow(server, faults={"kind": "stall"})
    asking = asyncio.create_task(chat(server))
    await asyncio.to_thread(server.log.wait_for, bool, 10)

    await server.stop()

    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await asking
