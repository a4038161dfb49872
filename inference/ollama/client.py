"""One Ollama server, as a client sees it."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from . import results
from .answer import Answer
from .errors import BadAnswer, NotAble
from .exchange import Exchange, Timeouts
from .lines import parse_object
from .requests import ChatRequest, EmbedRequest, GenerateRequest, KeepAlive
from .transport import UnpooledTransport

LARGEST_ANSWER = 64 * 1024 * 1024  # bytes of an answer that comes whole
MOST_CONNECTIONS = 512  # at once to one server, like Ollama's own queue

HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # the bytes are read as they are on the wire
    "Connection": "close",
    "User-Agent": "webchat",
}


class Client:
    """Speaks to the Ollama at `url`; made and closed in the loop that uses it.

    `headers` go with every request, such as the Authorization that a proxy before Ollama wants;
    a name and password in the URL become Basic authentication. Raises ValueError for a URL that is
    none. All methods raise OllamaError (`errors`) and nothing else for what the server does.
    """

    def __init__(
        self,
        url: str,
        *,
        timeouts: Timeouts | None = None,
        headers: Mapping[str, str] | None = None,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        self._base = _base(url)
        self._timeouts = timeouts or Timeouts()
        self._permits = asyncio.Semaphore(most_connections)
        self._running: set[Exchange] = set()
        # The system's certificates, among which a company's own may be.
        ssl_context = ssl.create_default_context() if self._base.scheme == "https" else None
        self._http = httpx.AsyncClient(
            base_url=self._base,
            headers={**HEADERS, **(headers or {})},
            transport=UnpooledTransport(ssl_context),
            timeout=httpx.Timeout(
                connect=self._timeouts.connect,
                write=self._timeouts.write,
                pool=self._timeouts.permit,
                read=None,  # Exchange watches the silence, which differs before the first byte
            ),
            follow_redirects=False,
            trust_env=False,  # a proxy named in the environment must not see the prompts
        )

    async def close(self) -> None:
        """Closes all connections; who still reads an answer gets Interrupted."""
        await asyncio.gather(*(exchange.end("the client was closed") for exchange in self._running))
        await self._http.aclose()

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

    async def show(self, model: str) -> results.ModelDetails:
        """What the server knows of one model; its capabilities are here in every version."""
        # "name" is how servers before 0.1.21 call it; later ones look at "model" first.
        body = {"model": model, "name": model}
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
        parts: list[bytes] = []
        size = 0
        async with self._exchange(method, path, body, total) as exchange:
            while data := await exchange.read():
                parts.append(data)
                size += len(data)
                if size > LARGEST_ANSWER:
                    raise BadAnswer("more than is sane")
        return parse_object(b"".join(parts))

    def _exchange(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        total: float | None = None,
    ) -> Exchange:
        # Escaped to ASCII, which also carries a lone surrogate that UTF-8 could not.
        content = None if body is None else json.dumps(body, allow_nan=False).encode("ascii")
        headers = {"Content-Type": "application/json"} if content else {}
        request = self._http.build_request(method, path, content=content, headers=headers)
        return Exchange(self._http, request, self._permits, self._running, self._timeouts, total)


def _base(url: str) -> httpx.URL:
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"not a URL: {url!r}") from error
    right = base.scheme in ("http", "https") and base.host and "%" not in base.host
    if not right or not 0 < (base.port or 80) < 2**16:
        raise ValueError(f"not an http or https URL: {url!r}")
    return base
