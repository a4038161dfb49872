"""/api/embed and the older /api/embeddings."""

import time
from typing import TYPE_CHECKING, Any

from . import decoding, go, options, tokens, vectors
from .exchange import Exchange
from .looking import find
from .models import PracticeModel
from .outcome import Failure

if TYPE_CHECKING:
    from .server import PracticeServer

_SHARED = {
    "model": decoding.text,
    "keep_alive": decoding.keep_alive,
    "options": decoding.mapping,
}
_EMBED = _SHARED | {
    "input": decoding.string_or_list,
    "truncate": decoding.flag,
    "dimensions": decoding.integer,
}
_EMBEDDINGS = _SHARED | {"prompt": decoding.text}


async def embed(server: "PracticeServer", exchange: Exchange) -> None:
    began = time.monotonic_ns()
    asked = decoding.body(exchange.request.body, "EmbedRequest", _EMBED)
    if not asked.get("model"):
        raise Failure(404, "model '' not found")
    model = _found(server, asked)
    chosen = options.checked(model.parameters, asked.get("options", {}))
    texts = asked.get("input", [])
    async with server.memory.use(model, chosen, asked.get("keep_alive"), server.script) as runner:
        loaded = time.monotonic_ns()
        if not texts:
            await exchange.reply({"model": asked["model"], "embeddings": []})
            return
        _check_able(model)
        cut = [
            _fitting(text, runner.num_ctx, may_cut=asked.get("truncate", True)) for text in texts
        ]
        found = [_embedded(text, model, asked.get("dimensions", 0)) for text in cut]
    counted = {
        "total_duration": time.monotonic_ns() - began,
        "load_duration": loaded - began,
        "prompt_eval_count": sum(tokens.count(text) for text in cut),
    }
    await exchange.reply({"model": asked["model"], "embeddings": found} | go.present(counted))


async def embeddings(server: "PracticeServer", exchange: Exchange) -> None:
    asked = decoding.body(exchange.request.body, "EmbeddingRequest", _EMBEDDINGS)
    if not asked.get("model"):
        raise Failure(400, "model is required")
    model = _found(server, asked)
    chosen = options.checked(model.parameters, asked.get("options", {}))
    text = asked.get("prompt", "")
    async with server.memory.use(model, chosen, asked.get("keep_alive"), server.script):
        if text:
            _check_able(model)
        found = vectors.vector(text, model.embedding_length) if text else []
        await exchange.reply({"embedding": found})


def _found(server: "PracticeServer", asked: dict[str, Any]) -> PracticeModel:
    name = asked["model"]
    return find(server, name, f'model "{name}" not found, try pulling it first')


def _check_able(model: PracticeModel) -> None:
    if model.own_engine and not model.can("embedding"):
        raise Failure(501, "this model does not support embeddings")


def _fitting(text: str, most: int, *, may_cut: bool) -> str:
    pieces = tokens.pieces(text)
    if len(pieces) <= most:
        return text
    if not may_cut:
        raise Failure(400, "the input length exceeds the context length")
    return "".join(pieces[:most])


def _embedded(text: str, model: PracticeModel, dimensions: int) -> list[float]:
    values = vectors.vector(text, model.embedding_length)
    if 0 < dimensions < len(values):
        values = values[:dimensions]
    return vectors.normalised(values)
