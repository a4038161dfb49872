"""/api/create: a model from another one, or from files that were uploaded."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import decoding, draft, go, weights
from .blobs import Blobs
from .exchange import Exchange
from .names import Name
from .outcome import Failure
from .progress import Progress, work
from .pulling import fetch
from .question import MESSAGE

if TYPE_CHECKING:
    from .models import PracticeModel
    from .server import PracticeServer

_CREATE = {
    "model": decoding.text,
    "name": decoding.text,
    "from": decoding.text,
    "files": decoding.texts,
    "adapters": decoding.texts,
    "template": decoding.text,
    "system": decoding.text,
    "license": decoding.anything,
    "parameters": decoding.mapping,
    "messages": decoding.listed(MESSAGE, "[]api.Message"),
    "quantize": decoding.text,
    "quantization": decoding.text,
    "stream": decoding.flag,
}
NO_SOURCE = "neither 'from' or 'files' was specified"


async def create(server: "PracticeServer", exchange: Exchange) -> None:
    asked = decoding.body(exchange.request.body, "CreateRequest", _CREATE)
    for path, digest in asked.get("files", {}).items():
        if path.startswith("/") or path in ("", ".") or ".." in path.split("/"):
            raise Failure(400, "file path must be relative")
        _check_given(digest)
    for digest in asked.get("adapters", {}).values():
        _check_given(digest)
    name = Name.parse(asked.get("model") or asked.get("name") or "")
    if name is None:
        raise Failure(400, "invalid model name")

    async def do(progress: Progress) -> None:
        await _create(server, progress, name, asked)

    await work(exchange, asked, do)


def _check_given(digest: str) -> None:
    if not digest:
        raise Failure(400, "invalid digest format")


async def _create(
    server: "PracticeServer", progress: Progress, name: Name, asked: Mapping[str, Any]
) -> None:
    blobs = server.blobs  # those of now: a reset gives the server others
    base = await _base(server, blobs, progress, asked)
    if "adapters" in asked:
        adapter = await weights.adapter(blobs, progress, asked["adapters"])
        adapted = replace(base, beside=(*base.beside, adapter))
        base = adapted.sized(base.weights_layer.size)
    wanted = (asked.get("quantize") or asked.get("quantization") or "").upper()
    if wanted:
        base = await weights.quantized(progress, base, wanted)
    model = draft.made(base, name, asked)
    for layer in model.layers[:-1]:
        there = blobs.has(layer.digest)
        await progress.say(f"{'using existing' if there else 'creating new'} layer {layer.digest}")
    await progress.say("writing manifest")
    blobs.remove_unused(blobs.models.put(replace(model, modified_at=go.now())))


async def _base(
    server: "PracticeServer", blobs: Blobs, progress: Progress, asked: Mapping[str, Any]
) -> "PracticeModel":
    """What it is made from."""
    if source := asked.get("from"):
        name = Name.parse(source)
        if name is None:
            raise Failure(400, "invalid model name", at_work=True)
        if blobs.models.find(name) is None:
            await fetch(server, progress, name)
            await progress.say("success")
        found = blobs.models.find(name)
        assert found is not None  # noqa: S101 - it was fetched
        return replace(found, parent=str(found.name), digest="", weights=found.file)
    if "files" not in asked:
        raise Failure(400, NO_SOURCE, at_work=True)
    return await weights.from_files(blobs, progress, asked["files"])
