"""A bare Ollama for the bench, in a process of its own, whose tokens are stamps (tokens.py).

Speaks what the program asks of a server with one loaded model: version, tags, show, ps and a
streamed chat. The streams of one beat of 2 ms get the same bytes, and a token costs little more
than its system call: what it takes is taken from the cores that the server under test has too.
"""

import asyncio
import json
import sys
import time

from bench.tokens import END, PARAGRAPH, UNITS, stamp

MODEL = "bench:latest"
DIGEST = "b" * 64
DETAILS = {"format": "gguf", "family": "llama", "families": ["llama"]}
DETAILS |= {"parent_model": "", "parameter_size": "1B", "quantization_level": "Q4_0"}
STAMP = "2026-01-01T00:00:00Z"
LATER = "2318-01-01T00:00:00Z"
KNOWN = {"name": MODEL, "model": MODEL, "size": 1_000_000, "digest": DIGEST, "details": DETAILS}
JSON = {
    "/api/version": {"version": "0.24.0"},
    "/api/tags": {"models": [{**KNOWN, "modified_at": STAMP}]},
    "/api/show": {
        "details": DETAILS,
        "model_info": {"general.architecture": "llama", "llama.context_length": 131072},
        "capabilities": ["completion"],
        "modified_at": STAMP,
    },
    "/api/ps": {
        "models": [{**KNOWN, "expires_at": LATER, "size_vram": 0, "context_length": 131072}]
    },
}
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)
BEATS = 10  # between two tokens of a stream; streams are spread over them as they begin


def chunk(content: bytes, rest: bytes = b'"},"done":false}') -> bytes:
    """One line of a streamed answer, as Ollama sends it."""
    line = b'{"model":"%b","created_at":"%b","message":{"role":"assistant","content":"%b%b\n' % (
        MODEL.encode(),
        STAMP.encode(),
        content,
        rest,
    )
    return b"%x\r\n%b\r\n" % (len(line), line)


class Connection(asyncio.Protocol):
    """One connection: answers at once, or has the metronome play a stream."""

    def __init__(self, metronome: "Metronome") -> None:
        self._metronome = metronome
        self._data = b""
        self.sent = 0  # tokens of the stream that is played

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, there, body = self._data.partition(b"\r\n\r\n")
        if not there:
            return
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if len(body) < length:
            return
        self._data = body[length:]
        path = head.split(b" ", 2)[1].decode()
        if path == "/api/chat":
            self.transport.write(HEAD)
            self._metronome.begin(self)
        else:
            text = json.dumps(JSON[path]).encode()
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(text), text)
            )

    def connection_lost(self, error: Exception | None) -> None:
        self._metronome.forget(self)


class Metronome:
    """Plays all streams: a token at once, then one in every round of BEATS."""

    def __init__(self, tokens_a_second: float, tokens: int) -> None:
        self._tokens = tokens
        self._pause = 1 / tokens_a_second / BEATS
        self._streams: list[set[Connection]] = [set() for _ in range(BEATS)]
        self._beat = 0
        self._now = 0.0
        counts = f'"prompt_eval_count":9,"prompt_eval_duration":1,"eval_count":{tokens}'
        self._end = chunk(
            b"",
            b'"},"done":true,"done_reason":"stop","total_duration":1,"load_duration":1,'
            b'%b,"eval_duration":1}' % counts.encode(),
        )
        self._end += b"0\r\n\r\n"

    def begin(self, connection: Connection) -> None:
        connection.sent = 0
        self._play([connection])
        self._streams[self._beat % BEATS].add(connection)

    def forget(self, connection: Connection) -> None:
        for streams in self._streams:
            streams.discard(connection)

    async def run(self) -> None:
        began = time.monotonic()
        while True:
            self._beat += 1
            early = began + self._beat * self._pause - time.monotonic()
            if early > 0:
                await asyncio.sleep(early)
            elif self._beat % BEATS == 0:
                await asyncio.sleep(0)
            self._play(list(self._streams[self._beat % BEATS]))

    def _play(self, streams: list[Connection]) -> None:
        if not streams:
            return
        # Each later than the one before, also when beats are made up for.
        self._now = max(time.monotonic(), self._now + 1 / UNITS)
        now = stamp(self._now)
        word, paragraph, last = chunk(now + b" "), chunk(now + b"\\n\\n"), chunk(now + b" " + END)
        for stream in streams:
            stream.sent += 1
            if stream.sent == self._tokens:
                stream.transport.write(last + self._end)
                self.forget(stream)
            else:
                stream.transport.write(word if stream.sent % PARAGRAPH else paragraph)


async def main() -> None:
    metronome = Metronome(float(sys.argv[1]), int(sys.argv[2]))
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(metronome), "127.0.0.1", 0, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await metronome.run()


if __name__ == "__main__":
    asyncio.run(main())
