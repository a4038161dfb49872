"""Short ways to ask the server."""

from typing import Any

from inference.practice import PracticeModel, PracticeServer
from inference.practice.names import Name

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


async def post(server: PracticeServer, path: str, **body: Any) -> Answer:
    return await ask(server.url, "POST", path, body=body)


def names(server: PracticeServer) -> list[str]:
    """The models that the server has, by name."""
    return sorted(str(model.name) for model in server.models.newest_first())


def model(server: PracticeServer, name: str) -> PracticeModel:
    """One that the server has."""
    parsed = Name.parse(name)
    assert parsed
    found = server.models.find(parsed)
    assert found
    return found
