"""/practice/…: how tests tell the server what to do, and ask what it was asked."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from .exchange import Exchange
from .outcome import Failure

if TYPE_CHECKING:
    from .server import PracticeServer

WithServer: TypeAlias = Callable[["PracticeServer", Exchange], Awaitable[None]]


async def script(server: "PracticeServer", exchange: Exchange) -> None:
    """Changes the fields that the JSON body names; 400 for what it does not know."""
    try:
        changes = json.loads(exchange.request.body)
        if not isinstance(changes, dict):
            raise TypeError("a script is a JSON object")
        server.change(server.script.changed(changes))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Failure(400, f"{type(error).__name__}: {error}") from None
    exchange.json(200, {"status": "success"})


async def reset(server: "PracticeServer", exchange: Exchange) -> None:
    server.reset()
    exchange.json(200, {"status": "success"})


async def release(server: "PracticeServer", exchange: Exchange) -> None:
    server.let_go()
    exchange.json(200, {"status": "success"})


async def requests(server: "PracticeServer", exchange: Exchange) -> None:
    exchange.json(200, {"requests": server.log.all()})
