"""A bare Ollama for the bench, in a process of its own: every token is the time it was sent.

Speaks what the program asks of a server with one loaded model: version, tags, show, ps and a
streamed chat. A token is the wall clock in seconds with five decimals and a space (17 characters),
so that a reader can tell its delay. Bare sockets, as what it costs is taken from the two cores
that are shared.
"""

import asyncio
import json
import sys
import time

MODEL = "bench:latest"
DIGEST = "b" * 64
DETAILS = {"format": "gguf", "family": "llama", "families": ["llama"]}
DETAILS |= {"parent_model": "", "parameter_size": "1B", "quantization_level": "Q4_0"}
STAMP = "2026-01-01T00:00:00Z"
LATER = "2318-01-01T00:00:00Z"
JSON = {
    "/api/version": {"version": "0.24.0"},
    "/api/tags": {
        "models": [
            {
                "name": MODEL,
                "model": MODEL,
                "modified_at": STAMP,
                "size": 1_000_000,
                "digest": DIGEST,
                "details": DETAILS,
            }
        ]
    },
    "/api/show": {
        "details": DETAILS,
        "model_info": {"general.architecture": "llama", "llama.context_length": 131072},
        "capabilities": ["completion"],
        "modified_at": STAMP,
    },
    "/api/ps": {
        "models": [
            {
                "name": MODEL,
                "model": MODEL,
                "size": 1_000_000,
                "digest": DIGEST,
                "details": DETAILS,
                "expires_at": LATER,
                "size_vram": 0,
                "context_length": 131072,
            }
        ]
    },
}
PARAGRAPH = 60  # tokens in a paragraph: about 1000 characters


class Upstream:
    def __init__(self, tokens_a_second: float, tokens: int) -> None:
        self.pause = 1 / tokens_a_second
        self.tokens = tokens

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                length = 0
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                await reader.readexactly(length)
                if path == "/api/chat":
                    await self.chat(writer)
                elif path in JSON:
                    self.answer(writer, JSON[path])
                else:
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @staticmethod
    def answer(writer: asyncio.StreamWriter, body: dict) -> None:
        text = json.dumps(body).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(text), text)
        )

    async def chat(self, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        began = time.monotonic()
        for n in range(self.tokens):
            if n:
                await asyncio.sleep(max(0.0, began + n * self.pause - time.monotonic()))
            end = "\\n\\n" if n % PARAGRAPH == PARAGRAPH - 1 else " "
            self.line(writer, f'"content":"{time.time():.5f}{end}"}},"done":false}}')
            await writer.drain()
        self.line(
            writer,
            '"content":""},"done":true,"done_reason":"stop","total_duration":1,"load_duration":1,'
            f'"prompt_eval_count":9,"prompt_eval_duration":1,"eval_count":{self.tokens},'
            '"eval_duration":1}',
        )
        writer.write(b"0\r\n\r\n")

    @staticmethod
    def line(writer: asyncio.StreamWriter, rest: str) -> None:
        text = f'{{"model":"{MODEL}","created_at":"{STAMP}","message":{{"role":"assistant",{rest}\n'
        writer.write(b"%x\r\n%s\r\n" % (len(text), text.encode()))


async def main() -> None:
    speed, tokens = float(sys.argv[1]), int(sys.argv[2])
    server = await asyncio.start_server(Upstream(speed, tokens).serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
