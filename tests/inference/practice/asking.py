"""Short ways to ask the server."""

from typing import Any

from inference.practice import PracticeServer

from .raw_http import Answer, ask


async def chat(server: PracticeServer, text: str = "Hi", **fields: Any) -> Answer:
    """Asks /api/chat; `messages` or `model` may be given instead of the usual ones."""
    body = {"model": "practice", "messages": [{"role": "user", "content": text}]} | fields
    return await ask(server.url, "POST", "/api/chat", body=body)


async def whole(server: PracticeServer, text: str = "Hi", **fields: Any) -> Any:
    """The one object of an answer that does not stream."""
    return (await chat(server, text, stream=False, **fields)).json()


def follow(server: PracticeServer, **changes: Any) -> None:
    server.change(server.script.changed(changes))
