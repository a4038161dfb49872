"""A small ASGI application behind webchat.serve, run as a process of its own by test_serve.py."""

import asyncio
import json
import os
import resource
import sys
from pathlib import Path

PIECE = b"x" * 64 * 1024
PIECES = 3200  # 200 MB


def memory() -> int:
    """Resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1_000_000


def say(word: str, **facts: object) -> None:
    print(json.dumps({"word": word, **facts}), flush=True)


async def answer(send, status: int, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def http(scope, receive, send) -> None:
    path = scope["path"]
    if path in ("/flood", "/all"):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for n in range(PIECES):
            await send({"type": "http.response.body", "body": PIECE, "more_body": True})
            if path == "/flood":
                say("sent", pieces=n + 1)
        await send({"type": "http.response.body"})
    elif path in ("/body", "/small"):
        size, most = 0, 0
        more = True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                say("gone")
                return
            size += len(event["body"])
            more = event["more_body"]
            most = max(most, memory())
        await answer(send, 200, json.dumps({"size": size, "memory": most}).encode())
    elif path == "/memory":
        await answer(send, 200, str(memory()).encode())
    elif path == "/slow":
        say("slow began")
        await asyncio.sleep(0.3)
        await answer(send, 200, b"finished")
    elif path == "/wait":
        while (await receive())["type"] != "http.disconnect":
            pass
        say("gone")
    elif path == "/scope":
        seen = {
            "path": path,
            "root_path": scope["root_path"],
            "headers": [[k.decode(), v.decode()] for k, v in scope["headers"]],
        }
        await answer(send, 200, json.dumps(seen).encode())
    else:
        say("unexpected", path=path)
        await answer(send, 404, b"")


async def websocket(scope, receive, send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    if scope["path"] == "/flood":
        for n in range(PIECES):
            await send({"type": "websocket.send", "text": PIECE.decode()})
            say("sent", pieces=n + 1)
    elif scope["path"] == "/push":
        push = scope["extensions"]["webchat.push"]
        early = push("early")
        await send({"type": "websocket.send", "text": "first"})
        while not push("a"):  # noqa: ASYNC110 -- until Twisted has sent the first, which nothing tells
            await asyncio.sleep(0)
        say("pushed", early=early, taken=[push(text) for text in ("ä" * 200, "x" * 64_000)])
        pieces = 0
        while push(PIECE.decode()):
            pieces += 1
        say("full", pieces=pieces, memory=memory())
        await send({"type": "websocket.send", "text": "last"})
        await receive()
    elif scope["path"].startswith("/close/"):
        code = int(scope["path"].removeprefix("/close/"))
        await send({"type": "websocket.close", "code": code})
    elif scope["path"] == "/deaf":
        say("deaf")
        await asyncio.Event().wait()
    else:
        say("open")
        event = await receive()
        say("closed", code=event.get("code"))


async def application(scope, receive, send) -> None:
    await {"http": http, "websocket": websocket}[scope["type"]](scope, receive, send)


async def started() -> None:
    say("started")


async def stopped() -> None:
    say("saving")
    await asyncio.sleep(0)
    say("saved")


if __name__ == "__main__":
    from webchat import serve

    serve.STUCK_S = float(os.environ.get("STUCK_S", serve.STUCK_S))
    try:
        serve.serve(
            application,
            "127.0.0.1",
            int(sys.argv[1]) if len(sys.argv) > 1 else 0,
            limit=lambda target: 1000 if target.startswith(b"/small") else 400_000_000,
            refusal=lambda header: ({"X-Why": "size"}, f"Too much, {header('who')}.".encode()),
            on_start=started,
            on_stop=stopped,
            ready=lambda addresses: say("listening", port=addresses[0][1]),
        )
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
