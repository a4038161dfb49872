"""Files that are uploaded, to a server that takes them as slowly or rudely as a test says."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from inference.ollama import BadFile, Client, OllamaError, Refused, Timeouts, Unreachable

from .wire import Wire, head, recording, recordings, replays, sends

DIGEST = "sha256:" + "1" * 64


@dataclass
class Store:
    """Takes uploads as Ollama does."""

    url: str = ""
    there: set[str] = field(default_factory=set)
    answers_at_once: bytes = b""  # and reads no body, which resets the connection
    brings: str = ""  # a digest that is there as soon as an upload of it has begun
    taking: asyncio.Event = field(default_factory=asyncio.Event)  # reads bodies while it is set
    received: int = 0
    asked: list[str] = field(default_factory=list)
    open: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until_closed(self) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: self.open == 0)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                writer.write(await self._answer(reader))
                await writer.drain()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            async with self.changed:
                self.open -= 1
                self.changed.notify_all()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = lines[0].split(" ")
        self.asked.append(method)
        digest = path.removeprefix("/api/blobs/")
        if method == "HEAD":
            return head(200) if digest in self.there else head(404, "Content-Length: 102")
        self.there.add(self.brings)
        if self.answers_at_once:
            return self.answers_at_once
        left = int(dict(line.lower().split(": ") for line in lines[1:] if line)["content-length"])
        hashed = hashlib.sha256()
        while left:
            await self.taking.wait()
            data = await reader.read(min(left, 65536))
            if not data:
                raise ConnectionResetError
            left -= len(data)
            self.received += len(data)
            hashed.update(data)
        found = "sha256:" + hashed.hexdigest()
        if found != digest:
            return head(400, "Content-Length: 28") + b'{"error": "digest mismatch"}'
        self.there.add(found)
        return head(201, "Content-Length: 0")


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = Store()
    store.taking.set()
    server = await asyncio.start_server(store.serve, "127.0.0.1", 0)
    store.url = "http://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
    yield store
    server.close()
    await server.wait_closed()


@pytest.fixture
async def uploader(store: Store) -> AsyncIterator[Client]:
    client = Client(store.url, timeouts=Timeouts(first_byte=20, gap=20, answer=20))
    yield client
    await client.close()


class Chunks:
    """A file of equal chunks that tells how much was taken of it."""

    def __init__(self, chunk: bytes, count: int) -> None:
        self.chunk = chunk
        self.count = count
        self.taken = 0
        self.began = asyncio.Event()
        self.closed = False

    @property
    def size(self) -> int:
        return len(self.chunk) * self.count

    @property
    def digest(self) -> str:
        hashed = hashlib.sha256()
        for _ in range(self.count):
            hashed.update(self.chunk)
        return "sha256:" + hashed.hexdigest()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            for _ in range(self.count):
                self.taken += len(self.chunk)
                self.began.set()
                yield self.chunk
        finally:
            self.closed = True


async def test_sends_what_is_not_there(store: Store, uploader: Client) -> None:
    chunks = Chunks(b"weights" * 1000, 100)
    assert not await uploader.has_blob(chunks.digest)
    assert await uploader.upload_blob(chunks.digest, aiter(chunks), chunks.size)
    assert await uploader.has_blob(chunks.digest)
    assert store.received == chunks.size
    assert store.asked == ["HEAD", "HEAD", "POST", "HEAD"]
    assert chunks.closed


async def test_sends_nothing_of_what_is_there(store: Store, uploader: Client) -> None:
    chunks = Chunks(b"weights", 10)
    store.there.add(chunks.digest)
    assert not await uploader.upload_blob(chunks.digest, aiter(chunks), chunks.size)
    assert store.asked == ["HEAD"]
    assert chunks.taken == 0


async def test_sends_a_file_without_bytes(store: Store, uploader: Client) -> None:
    chunks = Chunks(b"", 1)
    assert await uploader.upload_blob(chunks.digest, aiter(chunks), 0)
    assert chunks.digest in store.there


async def test_holds_fifty_megabytes_never(store: Store, uploader: Client) -> None:
    chunks = Chunks(bytes(range(256)) * 4096, 50)
    digest = chunks.digest
    tracemalloc.start()
    try:
        assert await uploader.upload_blob(digest, aiter(chunks), chunks.size)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert store.received == 50 * 2**20
    assert most < 4 * 2**20  # one chunk of ours, and the buffers of both ends


async def test_takes_no_more_than_the_server_does(store: Store) -> None:
    store.taking.clear()
    client = Client(store.url, timeouts=Timeouts(write=0.3))
    chunks = Chunks(b"x" * 2**20, 50)
    with pytest.raises(Unreachable):
        await client.upload_blob(DIGEST, aiter(chunks), chunks.size)
    assert 0 < chunks.taken < 25 * 2**20  # what the system's buffers hold
    store.taking.set()
    await store.until_closed()


async def test_a_cancel_closes_the_connection(store: Store, uploader: Client) -> None:
    store.taking.clear()
    chunks = Chunks(b"x" * 2**20, 50)
    task = asyncio.create_task(uploader.upload_blob(DIGEST, aiter(chunks), chunks.size))
    await chunks.began.wait()
    task.cancel()
    await asyncio.wait([task])
    assert chunks.closed
    store.taking.set()
    await store.until_closed()
    assert store.received < chunks.size


async def test_a_file_that_somebody_else_brought_in_the_meantime(
    store: Store, uploader: Client
) -> None:
    store.answers_at_once = head(200, "Content-Length: 0")
    chunks = Chunks(b"x" * 2**20, 50)
    store.brings = chunks.digest
    assert await uploader.upload_blob(chunks.digest, aiter(chunks), chunks.size)
    assert chunks.taken < chunks.size
    assert chunks.closed


async def test_a_reset_that_took_the_answer_with_it(store: Store, uploader: Client) -> None:
    store.answers_at_once = b"H"  # the rest of it is lost
    chunks = Chunks(b"x" * 2**20, 20)
    store.brings = chunks.digest
    assert await uploader.upload_blob(chunks.digest, aiter(chunks), chunks.size)
    assert store.asked == ["HEAD", "POST", "HEAD"]


async def test_a_reset_for_another_reason(store: Store, uploader: Client) -> None:
    store.answers_at_once = b"H"
    chunks = Chunks(b"x" * 2**20, 20)
    with pytest.raises(Unreachable) as raised:
        await uploader.upload_blob(chunks.digest, aiter(chunks), chunks.size)
    assert raised.value.retryable


async def test_bytes_that_are_not_those_of_the_digest(store: Store, uploader: Client) -> None:
    chunks = Chunks(b"x", 10)
    with pytest.raises(BadFile) as raised:
        await uploader.upload_blob(DIGEST, aiter(chunks), chunks.size)
    assert not raised.value.retryable


@pytest.mark.parametrize("size", [0, 9, 11, 10**6])
async def test_a_size_that_is_not_that_of_the_chunks(
    size: int, store: Store, uploader: Client
) -> None:
    chunks = Chunks(b"x", 10)
    with pytest.raises(ValueError, match="announced"):
        await uploader.upload_blob(DIGEST, aiter(chunks), size)
    await store.until_closed()
    assert store.there <= {""}
    assert chunks.closed


async def test_a_source_that_fails(store: Store, uploader: Client) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x" * 1000
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await uploader.upload_blob(DIGEST, failing(), 2000)
    await store.until_closed()


async def test_an_upload_longer_than_the_wait_for_an_answer(store: Store) -> None:
    client = Client(store.url, timeouts=Timeouts(first_byte=0.3, answer=20))
    sent = b"x" * 1000

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield sent
            await asyncio.sleep(0.1)

    digest = "sha256:" + hashlib.sha256(sent * 5).hexdigest()
    assert await client.upload_blob(digest, slow(), 5000)
    await client.close()


async def test_a_closed_client_stops_an_upload(store: Store, uploader: Client) -> None:
    store.taking.clear()
    chunks = Chunks(b"x" * 2**20, 50)
    task = asyncio.create_task(uploader.upload_blob(DIGEST, aiter(chunks), chunks.size))
    await chunks.began.wait()
    await uploader.close()
    with pytest.raises(OllamaError):
        await task
    store.taking.set()
    await store.until_closed()


@pytest.mark.parametrize("digest", ["xyz", "sha256:", DIGEST[:-1], DIGEST + "/..", DIGEST.upper()])
async def test_what_is_no_digest_is_not_sent(digest: str, store: Store, uploader: Client) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        await uploader.has_blob(digest)
    assert store.asked == []


# The recordings


@pytest.mark.parametrize("name", recordings("blobs"))
async def test_reads_the_recorded_answer(name: str, wire: Wire, client: Client) -> None:
    method = recording(name)["request"]["method"]
    if method == "HEAD":
        wire.plays(replays(name))
        assert await client.has_blob(DIGEST) == (name == "blobs/head-there")
        return
    wire.plays(sends(head(404, "Content-Length: 102")), replays(name))
    upload = client.upload_blob(DIGEST, aiter(Chunks(b"not that", 1)), 8)
    if name in ("blobs/bad-digest", "blobs/malformed"):
        with pytest.raises(BadFile if name == "blobs/bad-digest" else Refused):
            await upload
        return
    assert await upload
    assert wire.asked[1].body == b"not that"
    assert wire.asked[1].headers["content-type"] == "application/octet-stream"
