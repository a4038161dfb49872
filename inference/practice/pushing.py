"""/api/push: sends the layers of a model to the made-up registry."""

import asyncio
from typing import TYPE_CHECKING

from . import decoding
from .exchange import Exchange
from .layers import Layer
from .models import BLOBS
from .names import DEFAULT_HOST, DEFAULT_NAMESPACE, Name
from .outcome import Failure
from .progress import TICK, Progress, work
from .pulling import FIELDS
from .registry import Call

if TYPE_CHECKING:
    from .server import PracticeServer

MANIFESTS = BLOBS.replace("blobs", "manifests")
NOT_TLS = "http: server gave HTTP response to HTTPS client"
# What the registry says to who pushes into the library, which is nobody's here.
NOT_YOURS = "unauthorized: access denied"


async def push(server: "PracticeServer", exchange: Exchange) -> None:
    asked = decoding.body(exchange.request.body, "PushRequest", FIELDS)
    typed = asked.get("model") or asked.get("name") or ""
    if not typed:
        raise Failure(400, "model is required")
    insecure = asked.get("insecure", False)

    async def do(progress: Progress) -> None:
        await _send(server, progress, typed, insecure=insecure)

    await work(exchange, asked, do)


async def _send(
    server: "PracticeServer", progress: Progress, typed: str, *, insecure: bool
) -> None:
    registry = server.registry  # that of now: a reset gives the server another
    await progress.say("retrieving manifest")
    if typed.strip().startswith("http://") and not insecure:
        raise Failure(500, "insecure protocol http", at_work=True)
    name = Name.parse(typed)
    model = server.models.find(name) if name else None
    if name is None or model is None:
        await progress.say("couldn't retrieve manifest")
        raise Failure(500, _missing(name, typed), at_work=True)
    call = Call("Head", name, f"blobs/{model.layers[0].digest}", insecure)
    if problem := call.problem(server.registry_hosts(), NOT_TLS):
        raise Failure(500, problem, at_work=True)
    if (name.host, name.namespace) == (DEFAULT_HOST, DEFAULT_NAMESPACE):
        raise Failure(500, NOT_YOURS, at_work=True)
    for layer in model.layers:
        there = registry.holds(name.host, layer.digest, server.script.registry)
        await _upload(progress, layer, there=there, speed=server.script.pull_speed)
    await progress.say("pushing manifest")
    registry.push(model.named(name))


def _missing(name: Name | None, typed: str) -> str:
    if name is None:
        return f"unqualified name: {DEFAULT_HOST}/{DEFAULT_NAMESPACE}/{typed}:latest"
    path = f"{name.host}/{name.namespace}/{name.model}/{name.tag}"
    return f"open {MANIFESTS}/{path}: no such file or directory"


async def _upload(progress: Progress, layer: Layer, *, there: bool, speed: float) -> None:
    """One line for a layer that is there already, else one every tick until it is."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    completed, ticks = 0, 0
    while completed < layer.size:
        ticks += 1
        if speed and not there:
            await asyncio.sleep(began + ticks * TICK - loop.time())
            completed = min(layer.size, int((loop.time() - began) * speed))
        else:
            completed = layer.size
        await progress.tell(f"pushing {layer.short}", layer.digest, layer.size, completed)
