import asyncio
import tracemalloc
from hashlib import sha256

import pytest

from inference.practice import PracticeServer
from inference.practice.upload import KEPT

from .asking import follow
from .raw_http import Answer, ask, read

FILE = b"GGUF" + bytes(range(256)) * 400
DIGEST = f"sha256:{sha256(FILE).hexdigest()}"
PATH = f"/api/blobs/{DIGEST}"


async def upload(server: PracticeServer, body: bytes = FILE, path: str = PATH) -> Answer:
    return await ask(server.url, "POST", path, body=body)


def head(length: int, more: str = "") -> bytes:
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: x.local\r\nContent-Length: {length}\r\n{more}\r\n".encode()
    )


async def test_what_was_uploaded_is_there(server: PracticeServer):
    before = (await ask(server.url, "HEAD", PATH)).status

    status = (await upload(server)).status

    assert (before, status) == (404, 201)
    assert (await ask(server.url, "HEAD", PATH)).status == 200


async def test_bytes_with_another_digest_are_kept_under_their_own(server: PracticeServer):
    other = f"sha256:{'0' * 64}"

    answer = await upload(server, path=f"/api/blobs/{other}")

    assert answer.json() == {"error": f'digest mismatch, expected "{other}", got "{DIGEST}"'}
    assert not server.blobs.has(other)
    assert server.blobs.has(DIGEST)


async def test_an_upload_that_is_cut_leaves_nothing(server: PracticeServer):
    _, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(head(len(FILE)) + FILE[:-1])

    writer.close()
    await asyncio.to_thread(
        server.log.wait_for, lambda found: bool(found) and found[0]["cut_by_client"], 10
    )

    assert not server.blobs.has(DIGEST)


async def test_what_is_there_is_answered_without_reading(server: PracticeServer):
    await upload(server)
    reader, writer = await asyncio.open_connection(server.host, server.port)

    writer.write(head(10**12))
    answer = await read(reader)

    assert (answer.status, answer.body) == (200, "")
    assert await reader.read() == b""
    writer.close()


async def test_asks_only_for_a_body_that_it_needs(server: PracticeServer):
    reader, writer = await asyncio.open_connection(server.host, server.port)

    writer.write(head(len(FILE), "Expect: 100-continue\r\n"))
    asked = await reader.readuntil(b"\r\n\r\n")
    writer.write(FILE)
    answer = await read(reader)
    writer.write(head(len(FILE), "Expect: 100-continue\r\n"))
    again = await read(reader)

    assert asked.startswith(b"HTTP/1.1 100 ")
    assert (answer.status, again.status) == (201, 200)
    writer.close()


async def test_takes_several_uploads_on_a_connection(server: PracticeServer):
    reader, writer = await asyncio.open_connection(server.host, server.port)

    writer.write(head(3) + b"abc" + head(len(FILE)) + FILE)
    answers = [await read(reader), await read(reader)]

    assert [answer.status for answer in answers] == [400, 201]
    writer.close()


async def test_keeps_no_more_of_a_file_than_its_start(server: PracticeServer):
    part, parts = bytes(1 << 18), 64
    digest = sha256()
    for _ in range(parts):
        digest.update(part)
    path = PATH.replace(DIGEST, f"sha256:{digest.hexdigest()}")
    reader, writer = await asyncio.open_connection(server.host, server.port)
    tracemalloc.start()

    writer.write(head(len(part) * parts).replace(PATH.encode(), path.encode()))
    for _ in range(parts):
        writer.write(part)
        await writer.drain()
    answer = await read(reader)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    writer.close()
    assert answer.status == 201
    assert most < 3_000_000
    assert len(server.blobs.find(path.rpartition("/")[2]).start) == KEPT


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ({"kind": "no_space", "after_bytes": 9}, 500, "no space left on device"),
        ({"kind": "error", "text": "broken"}, 500, "broken"),
        ({"kind": "busy"}, 503, "server busy"),
    ],
)
async def test_an_upload_fails_as_scripted(
    server: PracticeServer, fault: dict[str, object], status: int, error: str
):
    follow(server, faults={"path": "/api/blobs", "times": 1, **fault})

    answer = await upload(server)

    assert (answer.status, error in answer.json()["error"]) == (status, True)
    assert not server.blobs.has(DIGEST)
    assert (await upload(server)).status == 201


async def test_hangs_up_in_the_middle_of_an_upload(server: PracticeServer):
    follow(server, faults={"kind": "cut", "after_bytes": 5000, "path": "/api/blobs"})

    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await upload(server)

    assert not server.blobs.has(DIGEST)


async def test_reads_no_more_while_it_stalls(server: PracticeServer):
    follow(server, faults={"kind": "stall", "after_bytes": 5, "path": "/api/blobs"})
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(head(len(FILE)) + FILE[:10])
    await asyncio.to_thread(server.log.wait_for, bool, 10)
    await ask(server.url, "GET", "/practice/requests")

    writer.write(FILE[10:])
    follow(server, faults=[])
    server.let_go()

    assert (await read(reader)).status == 201
    writer.close()
