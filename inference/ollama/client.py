"""One Ollama server, as a client sees it."""

import asyncio
import json
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any

import httpx

from . import results
from .answer import Answer
from .blobs import ASKING, SENDING, blob_path, parts
from .errors import BadAnswer, BlobMissing, NotAble, OllamaError, Unreachable
from .exchange import JUST_200, Exchange, Reading, Timeouts
from .job_refusals import job_refusal
from .lines import parse_object
from .requests import ChatRequest, CreateRequest, EmbedRequest, GenerateRequest, KeepAlive
from .transfer import Transfer
from .transport import UnpooledTransport

LARGEST_ANSWER = 64 * 1024 * 1024  # bytes of an answer that comes whole
MOST_CONNECTIONS = 512  # at once to one server, like Ollama's own queue

HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # the bytes are read as they are on the wire
    "Connection": "close",
    "User-Agent": "webchat",
}

_JOB = Reading(refusal=job_refusal)


class Client:
    """Speaks to the Ollama at `url`; made and closed in the loop that uses it.

    `headers` go with every request, such as the Authorization that a proxy before Ollama wants;
    a name and password in the URL become Basic authentication. `ca` is PEM: certificates are then
    believed if it vouches for them, and no others. Raises ValueError for a URL or a `ca` that is
    none. All methods raise OllamaError (`errors`) and nothing else for what the server does.
    """

    def __init__(
        self,
        url: str,
        *,
        timeouts: Timeouts | None = None,
        headers: Mapping[str, str] | None = None,
        ca: str = "",
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        self._base = _base(url)
        self._timeouts = timeouts or Timeouts()
        self._permits = asyncio.Semaphore(most_connections)
        self._running: set[Exchange] = set()
        ssl_context = _ssl_context(ca) if self._base.scheme == "https" else None
        # Without httpx's client, a quarter of what a request cost: it would look for a proxy in the
        # environment, which must not see the prompts, and keep cookies.
        self._transport = UnpooledTransport(ssl_context)
        self._headers = {**HEADERS, **(headers or {}), **_authorization(self._base)}
        self._url = lru_cache(maxsize=32)(self._url_of)

    async def close(self) -> None:
        """Closes all connections; who still reads an answer gets Interrupted."""
        await asyncio.gather(*(exchange.end("the client was closed") for exchange in self._running))
        await self._transport.aclose()

    def chat(self, request: ChatRequest) -> Answer:
        """The answer to a conversation; see Answer for how to read it."""
        return Answer(self._exchange("POST", "/api/chat", request.body()), results.chat_piece)

    def generate(self, request: GenerateRequest) -> Answer:
        """The text that follows a prompt; see Answer for how to read it."""
        exchange = self._exchange("POST", "/api/generate", request.body())
        return Answer(exchange, results.generate_piece)

    async def embed(self, request: EmbedRequest) -> results.Embeddings:
        """The vectors of the texts; waits until the model is loaded."""
        return results.embeddings(await self._whole("POST", "/api/embed", request.body()))

    async def version(self) -> str:
        """The version of the server, such as "0.24.0"."""
        return results.version(await self._quickly("GET", "/api/version"))

    async def tags(self) -> list[results.InstalledModel]:
        """The models that are installed, in the server's order, which is not stable."""
        return results.installed_models(await self._quickly("GET", "/api/tags"))

    async def ps(self) -> list[results.LoadedModel]:
        """The models that are in memory now."""
        return results.loaded_models(await self._quickly("GET", "/api/ps"))

    async def show(self, model: str, *, verbose: bool = False) -> results.ModelDetails:
        """What the server knows of one model; its capabilities are here in every version.

        `verbose` adds the long lists of the tokenizer to `model_info`: megabytes.
        """
        body = {**_naming(model), **({"verbose": True} if verbose else {})}
        return results.model_details(await self._quickly("POST", "/api/show", body))

    async def load(self, model: str, keep_alive: KeepAlive | None = None) -> None:
        """Brings the model into memory, and waits until it is there."""
        try:
            await self._drain(self.generate(GenerateRequest(model, keep_alive=keep_alive)))
        except NotAble as error:
            if "does not support generate" not in error.said:
                raise
            await self.embed(EmbedRequest(model, [], keep_alive=keep_alive))

    async def unload(self, model: str) -> None:
        """Takes the model out of memory for everybody, once its running requests have ended."""
        await self._drain(self.generate(GenerateRequest(model, keep_alive=0)))

    def pull(self, model: str, *, insecure: bool = False) -> Transfer:
        """Fetches the model from its registry; goes on from what an earlier pull has left.

        `insecure` means plain http. See Transfer for how to read it; leaving stops the pull.
        """
        return self._transfer("/api/pull", {**_naming(model), "insecure": insecure})

    def push(self, model: str, *, insecure: bool = False) -> Transfer:
        """Sends the model to the registry that its name says."""
        return self._transfer("/api/push", {**_naming(model), "insecure": insecure})

    def create(self, request: CreateRequest) -> Transfer:
        """Makes a model of another one, or of files that were uploaded."""
        return self._transfer("/api/create", request.body())

    async def copy(self, source: str, destination: str) -> None:
        """Gives the model a second name; what had that name before is replaced."""
        body = {"source": source, "destination": destination}
        await self._do("POST", "/api/copy", body)

    async def delete(self, model: str) -> None:
        """Removes the name, and the layers that no other name uses."""
        await self._do("DELETE", "/api/delete", _naming(model))

    async def has_blob(self, digest: str) -> bool:
        """Whether the file with this digest is there. Raises ValueError for no digest."""
        try:
            await self._do("HEAD", blob_path(digest), reading=ASKING)
        except BlobMissing:
            return False
        return True

    async def upload_blob(self, digest: str, chunks: AsyncIterator[bytes], size: int) -> bool:
        """Sends a file of `size` bytes, unless it is there: then False, and nothing is read.

        Holds a chunk at a time. Raises ValueError for no digest, or for a size that is not that of
        the chunks; what `chunks` raises comes through. To be cancelled closes the connection.
        """
        if await self.has_blob(digest):
            return False
        async with aclosing(parts(chunks, size, lambda: exchange.sent())) as content:
            headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
            exchange = self._asking("POST", blob_path(digest), content, headers, reading=SENDING)
            try:
                await _read_all(exchange)
            except Unreachable:
                # Ollama does not read what someone else has brought in the meantime, but resets
                # the connection, and its answer may be lost with it.
                with suppress(OllamaError):
                    if await self.has_blob(digest):
                        return True
                raise
        return True

    async def _drain(self, answer: Answer) -> None:
        async with answer as batches:
            async for _ in batches:
                pass

    async def _quickly(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return await self._whole(method, path, body, total=self._timeouts.answer)

    async def _whole(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        total: float | None = None,
    ) -> dict[str, Any]:
        """The one JSON object that the server answers, within `total` seconds."""
        return parse_object(await _read_all(self._exchange(method, path, body, total)))

    async def _do(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        reading: Reading = _JOB,
    ) -> None:
        """Waits for an answer without content."""
        await _read_all(self._exchange(method, path, body, self._timeouts.answer, reading))

    def _transfer(self, path: str, body: dict[str, Any]) -> Transfer:
        gap = self._timeouts.job_gap
        timeouts = replace(self._timeouts, first_byte=gap, gap=gap)
        exchange = self._exchange("POST", path, {**body, "stream": True}, None, _JOB, timeouts)
        return Transfer(exchange)

    def _exchange(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        total: float | None = None,
        reading: Reading = JUST_200,
        timeouts: Timeouts | None = None,
    ) -> Exchange:
        # Escaped to ASCII, which also carries a lone surrogate that UTF-8 could not.
        content = None if body is None else json.dumps(body, allow_nan=False).encode("ascii")
        headers = {"Content-Type": "application/json"} if content else {}
        return self._asking(method, path, content, headers, total, reading, timeouts)

    def _asking(
        self,
        method: str,
        path: str,
        content: bytes | AsyncIterator[bytes] | None,
        headers: dict[str, str],
        total: float | None = None,
        reading: Reading = JUST_200,
        timeouts: Timeouts | None = None,
    ) -> Exchange:
        request = httpx.Request(
            method,
            self._url(path),
            headers={**self._headers, **headers},
            content=content,
            # Without "read": Exchange watches the silence, which differs before the first byte.
            extensions={
                "timeout": {"connect": self._timeouts.connect, "write": self._timeouts.write}
            },
        )
        return Exchange(
            self._transport,
            request,
            self._permits,
            self._running,
            timeouts or self._timeouts,
            total,
            reading,
        )

    def _url_of(self, path: str) -> httpx.URL:
        raw_path = self._base.raw_path.rstrip(b"/") + path.encode("ascii")
        return self._base.copy_with(raw_path=raw_path)


async def _read_all(exchange: Exchange) -> bytes:
    found: list[bytes] = []
    size = 0
    async with exchange:
        while data := await exchange.read():
            found.append(data)
            size += len(data)
            if size > LARGEST_ANSWER:
                raise BadAnswer("more than is sane")
    return b"".join(found)


def _naming(model: str) -> dict[str, Any]:
    # "name" is how servers before 0.1.21 call it; later ones look at "model" first.
    return {"model": model, "name": model}


def _ssl_context(ca: str) -> ssl.SSLContext:
    try:
        # Else the system's certificates, among which a company's own may be.
        return ssl.create_default_context(cadata=ca or None)
    except ssl.SSLError as error:
        raise ValueError(f"not a certificate in PEM: {error}") from error


def _authorization(url: httpx.URL) -> dict[str, str]:
    if not url.userinfo:
        return {}
    secret = b64encode(f"{url.username}:{url.password}".encode()).decode()
    return {"Authorization": f"Basic {secret}"}


def _base(url: str) -> httpx.URL:
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"not a URL: {url!r}") from error
    right = base.scheme in ("http", "https") and base.host and "%" not in base.host
    if not right or not 0 < (base.port or 80) < 2**16:
        raise ValueError(f"not an http or https URL: {url!r}")
    return base
