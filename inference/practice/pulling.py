"""/api/pull: fetches the layers of a model from the made-up registry."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from . import decoding, go
from .blobs import Blobs
from .exchange import Exchange
from .layers import Layer
from .names import Name
from .outcome import Failure
from .progress import TICK, Progress, work
from .registry import Call
from .script import Script

if TYPE_CHECKING:
    from .server import PracticeServer

# Tells how many bytes of a layer are there.
Tell: TypeAlias = Callable[[int], Awaitable[None]]
NOT_TLS = "tls: first record does not look like a TLS handshake"

FIELDS = {
    "model": decoding.text,
    "name": decoding.text,
    "insecure": decoding.flag,
    "username": decoding.text,
    "password": decoding.text,
    "stream": decoding.flag,
}


async def pull(server: "PracticeServer", exchange: Exchange) -> None:
    asked = decoding.body(exchange.request.body, "PullRequest", FIELDS)
    typed = asked.get("model") or asked.get("name") or ""
    name = Name.parse(typed)
    if name is None:
        raise Failure(400, "invalid model name")
    insecure = asked.get("insecure", False)

    async def do(progress: Progress) -> None:
        if typed.strip().startswith("http://") and not insecure:
            raise Failure(500, "insecure protocol http", at_work=True)
        await fetch(server, progress, name, insecure=insecure)

    await work(exchange, asked, do)


async def fetch(
    server: "PracticeServer", progress: Progress, name: Name, *, insecure: bool = False
) -> None:
    """Brings the model here, layer by layer, up to the line before "success"."""
    blobs = server.blobs  # those of now: a reset gives the server others
    await progress.say("pulling manifest")
    call = Call("Get", name, f"manifests/{name.tag}", insecure)
    if problem := call.problem(server.registry_hosts(), NOT_TLS):
        raise Failure(500, f"pull model manifest: {problem}", at_work=True)
    model = server.registry.find(name, server.script.registry)
    if model is None:
        raise Failure(500, "pull model manifest: file does not exist", at_work=True)
    for layer in model.layers:
        tell = partial(progress.tell, f"pulling {layer.short}", layer.digest, layer.size)
        if blobs.has(layer.digest):
            await tell(layer.size)
        else:
            await _download(blobs, layer, server.script, tell)
    await progress.say("verifying sha256 digest")
    await progress.say("writing manifest")
    pulled = replace(model.named(name), modified_at=go.now(), made_here=False, digest="")
    old = blobs.models.put(pulled)
    if old and {layer.digest for layer in old.layers} - {layer.digest for layer in model.layers}:
        await progress.say("removing unused layers")
        blobs.remove_unused(old)


async def _download(blobs: Blobs, layer: Layer, script: Script, tell: Tell) -> None:
    """A line every tick, until all is there and the layer has lasted as long as it must."""
    speed, least = script.pull_speed, script.layer_seconds
    loop = asyncio.get_running_loop()
    download = blobs.download(layer)
    download.join(loop.time())
    began, ticks, end = loop.time(), 0, math.inf
    try:
        while (ticks + 1) * TICK <= end:
            ticks += 1
            if speed:
                await asyncio.sleep(began + ticks * TICK - loop.time())
            completed = download.advance(loop.time(), speed)
            if completed == layer.size and end == math.inf:
                end = math.ceil(ticks * TICK / least) * least if least else 0.0
            await tell(completed)
    finally:
        download.leave()
    blobs.finish(layer)
