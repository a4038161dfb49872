"""/api/copy and /api/delete: another name for a model, and one less."""

from dataclasses import replace
from typing import TYPE_CHECKING

from . import decoding, go
from .exchange import Exchange
from .names import Name
from .outcome import Failure

if TYPE_CHECKING:
    from .server import PracticeServer

_COPY = {"source": decoding.text, "destination": decoding.text}
_DELETE = {"model": decoding.text, "name": decoding.text}


async def copy(server: "PracticeServer", exchange: Exchange) -> None:
    asked = decoding.body(exchange.request.body, "CopyRequest", _COPY)
    names = []
    for field in ("source", "destination"):
        typed = asked.get(field, "")
        name = Name.parse(typed)
        if name is None:
            raise Failure(400, f"{field} {go.dumps(typed)} is invalid")
        names.append(name)
    source, destination = names
    model = server.models.find(source)
    if model is None:
        raise Failure(404, f"model {go.dumps(asked['source'])} not found")
    await exchange.agree()
    if destination.key != source.key:
        # The copy is the same to the last byte, and so has the same digest.
        copied = replace(model.named(destination), modified_at=go.now(), digest=model.shown_digest)
        server.blobs.remove_unused(server.models.put(copied))
    exchange.confirm()


async def delete(server: "PracticeServer", exchange: Exchange) -> None:
    asked = decoding.body(exchange.request.body, "DeleteRequest", _DELETE)
    typed = asked.get("model") or asked.get("name") or ""
    if not typed:
        raise Failure(400, "model is required")
    name = Name.parse(typed)
    if name is None:
        raise Failure(400, f"name {go.dumps(typed)} is invalid")
    if server.models.find(name) is None:
        raise Failure(404, f"model '{typed}' not found")
    await exchange.agree()
    server.blobs.remove_unused(server.models.remove(name))
    exchange.confirm()
