"""The server: it listens, and sends each request to who answers it."""

import asyncio
import ipaddress
from collections.abc import Iterable

from . import (
    answering,
    control,
    copying,
    creating,
    embedding,
    looking,
    origins,
    pulling,
    pushing,
    uploading,
)
from .blobs import Blobs
from .connection import Connection
from .exchange import BUSY, Exchange
from .log import Log
from .memory import Memory
from .models import PRACTICE_MODELS, Models, PracticeModel
from .outcome import Failure
from .registry import Registry
from .routes import Handler, Routes
from .script import Kind, Script
from .ticker import Ticker


class PracticeServer:
    """Speaks Ollama's protocol over HTTP, with made-up models. It lives in one event loop.

    `port` 0 takes a free one; `url` says which. The script given here is the one that
    POST /practice/reset goes back to.
    """

    ticker: Ticker
    released: asyncio.Event
    models: Models
    blobs: Blobs
    registry: Registry

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        models: Iterable[PracticeModel] = PRACTICE_MODELS,
        script: Script | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.first_models = tuple(models)
        self.first_script = script or Script()
        self.script = self.first_script
        self.have(self.first_models)
        self.memory = Memory()
        self.log = Log()
        self.connections: set[Connection] = set()
        self._listening: asyncio.Server | None = None
        self._routes = Routes(self._own_routes())
        self._for_tests = Routes(
            {
                "/practice/script": {"POST": self._with_server(control.script)},
                "/practice/reset": {"POST": self._with_server(control.reset)},
                "/practice/release": {"POST": self._with_server(control.release)},
                "/practice/requests": {"GET": self._with_server(control.requests)},
            }
        )

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def on_loopback(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        self.ticker = Ticker()
        self.released = asyncio.Event()
        await self.listen()

    async def listen(self) -> None:
        """Takes the port again after `deafen`."""
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(
            lambda: Connection(self), self.host, self.port, backlog=1024
        )
        self.port = self._listening.sockets[0].getsockname()[1]

    async def deafen(self) -> None:
        """Closes the port, so that nobody can connect; who is connected stays."""
        if self._listening:
            self._listening.close()
            self._listening = None
        await asyncio.sleep(0)

    async def stop(self) -> None:
        """Closes the port and every connection."""
        await self.deafen()
        self.ticker.stop()
        connections = list(self.connections)
        for connection in connections:
            connection.abort()
        await asyncio.gather(*(connection.gone for connection in connections))

    def have(self, models: Iterable[PracticeModel]) -> None:
        """Has these models, and nothing else on its disk or in the registry of its own."""
        self.models = Models(models)
        self.blobs = Blobs(self.models)
        self.registry = Registry()

    def registry_hosts(self) -> set[str]:
        """Where a registry answers."""
        return self.registry.hosts(self.script.registry, self.script.registry_hosts)

    def takes_upload(self, method: str, path: str) -> bool:
        """Whether the body of such a request is hashed as it comes, and not kept."""
        return method == "POST" and path.startswith("/api/blobs/")

    def change(self, script: Script) -> None:
        """Follows this script from now on; what stalls goes on stalling."""
        self.script = script

    def let_go(self) -> None:
        """Ends every stall that waits for it."""
        self.released.set()
        self.released = asyncio.Event()

    def reset(self) -> None:
        """The script and the models of the start, nothing loaded, nothing remembered."""
        self.have(self.first_models)
        self.memory.clear()
        self.log.clear()
        self.change(self.first_script)
        self.let_go()

    async def answer(self, exchange: Exchange) -> None:
        """Sends one whole answer. Raises HungUp where the script cuts it off."""
        request = exchange.request
        tests = self._for_tests.find(request.method, request.path)
        routes = self._for_tests if tests else self._routes
        if routes.redirect(exchange):
            return
        handler = routes.find(request.method, request.path)
        if handler is None and routes.methods(request.path):
            exchange.extra.append(("Allow", ", ".join(routes.methods(request.path))))
        if origins.turned_away(exchange, on_loopback=self.on_loopback):
            return
        if handler is None:
            routes.missing(exchange)
            return
        if not tests:
            exchange.faults = self.script.strike(request.path, request.model)
        try:
            await self._meet_faults(exchange)
            await handler(exchange)
        except Failure as failure:
            exchange.fail(failure)

    async def _meet_faults(self, exchange: Exchange) -> None:
        for fault in exchange.struck_by(Kind.SLOW):
            await exchange.stall(fault)
        if exchange.struck_by(Kind.BUSY):
            raise Failure(503, BUSY)
        for fault in exchange.struck_by(Kind.STATUS):
            raise Failure(fault.status, fault.text or f"scripted status {fault.status}")

    def _with_server(self, handler: "control.WithServer") -> Handler:
        return lambda exchange: handler(self, exchange)

    def _own_routes(self) -> dict[str, dict[str, Handler]]:
        root, version = self._with_server(looking.root), self._with_server(looking.version)
        tags = self._with_server(looking.tags)
        return {
            "/": {"GET": root, "HEAD": root},
            "/api/version": {"GET": version, "HEAD": version},
            "/api/status": {"GET": self._with_server(looking.status)},
            "/api/tags": {"GET": tags, "HEAD": tags},
            "/api/ps": {"GET": self._with_server(looking.ps)},
            "/api/show": {"POST": self._with_server(looking.show)},
            "/api/pull": {"POST": self._with_server(pulling.pull)},
            "/api/push": {"POST": self._with_server(pushing.push)},
            "/api/create": {"POST": self._with_server(creating.create)},
            "/api/copy": {"POST": self._with_server(copying.copy)},
            "/api/delete": {"DELETE": self._with_server(copying.delete)},
            "/api/blobs/:digest": {
                "HEAD": self._with_server(uploading.look),
                "POST": self._with_server(uploading.take),
            },
            "/api/generate": {"POST": self._with_server(answering.generate)},
            "/api/chat": {"POST": self._with_server(answering.chat)},
            "/api/embed": {"POST": self._with_server(embedding.embed)},
            "/api/embeddings": {"POST": self._with_server(embedding.embeddings)},
        }
