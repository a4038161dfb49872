"""The endpoints that only look: what there is, what is loaded, and what a model is like."""

from typing import TYPE_CHECKING

from . import decoding, shown
from .exchange import Exchange
from .models import PracticeModel
from .names import Name
from .outcome import Failure

if TYPE_CHECKING:
    from .server import PracticeServer

_SHOW = {
    "model": decoding.text,
    "name": decoding.text,
    "system": decoding.text,
    "template": decoding.text,
    "verbose": decoding.flag,
    "options": decoding.mapping,
}


async def root(_server: "PracticeServer", exchange: Exchange) -> None:
    exchange.text(200, "Ollama is running", "text/plain; charset=utf-8")


async def version(server: "PracticeServer", exchange: Exchange) -> None:
    await exchange.reply({"version": server.script.version})


async def status(_server: "PracticeServer", exchange: Exchange) -> None:
    await exchange.reply({"cloud": {"disabled": True, "source": "env"}})


async def tags(server: "PracticeServer", exchange: Exchange) -> None:
    await exchange.reply({"models": [shown.listed(each) for each in server.models.newest_first()]})


async def ps(server: "PracticeServer", exchange: Exchange) -> None:
    await exchange.reply({"models": [shown.loaded(each) for each in server.memory.loaded()]})


async def show(server: "PracticeServer", exchange: Exchange) -> None:
    asked = decoding.body(exchange.request.body, "ShowRequest", _SHOW)
    name = asked.get("model") or asked.get("name") or ""
    if not name:
        raise Failure(400, "model is required")
    model = find(server, name, f"model '{name}' not found")
    await exchange.reply(shown.in_full(model, asked.get("system", "")))


def find(server: "PracticeServer", name: str, missing: str) -> PracticeModel:
    """The model of that name; a Failure with the words of Ollama where there is none."""
    parsed = Name.parse(name)
    if parsed is None:
        raise Failure(400, "invalid model name")
    model = server.models.find(parsed)
    if model is None:
        raise Failure(404, missing)
    return model
