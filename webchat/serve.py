"""Daphne, with what it lacks: back-pressure, limits on bodies, a start and an orderly end.

The one module that imports Daphne. What Daphne does by itself, and why each part here is needed,
was measured on daphne 4.2.3 and Twisted 26.10: `send()` never waits (a reader that never reads
fills the memory), a body is read whole before the application starts, SIGTERM cancels everything
at once, and there is no lifespan. tests/webchat/test_serve.py measures each of them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from struct import pack
from typing import Any

from autobahn.exception import Disconnected
from daphne import server as daphne_server
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.internet.tcp import Connection
from zope.interface import implementer

from .body import Body, Inbox, Refusal, Spooled, in_plain_words

logger = logging.getLogger(__name__)

STUCK_S = 30.0  # how long a reader may take nothing before it is dropped
END_S = 5.0  # how long the work of `on_stop` may take at the end
GRACE_S = 2.0  # how long requests under way may then take to finish
# An extension of a socket's scope: `(text) -> bool` sends at once to a reader who keeps up.
PUSH = "webchat.push"
CLOSED = 1000  # a WebSocket close code: all is well
RESTARTING = 1012  # a WebSocket close code after which browsers come back

Application = Callable[..., Awaitable[None]]
Hook = Callable[[], Awaitable[None]]


@implementer(IPushProducer)
class Flow:
    """Tells whether a connection takes more. Twisted pauses it when 64 kB wait to be sent."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    def pauseProducing(self) -> None:  # noqa: N802 (Twisted's name)
        self._open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self._open.set()

    def stopProducing(self) -> None:  # noqa: N802
        self._open.set()

    @property
    def taken(self) -> bool:
        return self._open.is_set()

    async def wait(self) -> None:
        """Waits until more is taken; raises TimeoutError when nothing was for STUCK_S seconds."""
        await asyncio.wait_for(self._open.wait(), STUCK_S)


class Request(Spooled, WebRequest):
    """A request whose answer waits for its reader."""

    flow: Flow | None = None

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and self.channel and not self.producer:
            self.flow = Flow()
            self.registerProducer(self.flow, True)
        super().handle_reply(message)

    def finish(self) -> None:
        if self.producer:
            self.unregisterProducer()
        super().finish()

    def drop(self) -> None:
        if self.channel:
            self.channel.forceAbortClient()


class Socket(WebSocketProtocol):
    """A WebSocket whose sends wait for their reader."""

    flow: Flow | None = None

    def handle_reply(self, message: dict[str, Any]) -> None:
        if self.flow is None and message["type"] == "websocket.send" and self.transport:
            self.flow = Flow()
            self.transport.unregisterProducer()  # the HTTP channel, from before the upgrade
            self.transport.registerProducer(self.flow, True)
        with suppress(Disconnected):  # the browser has just gone, which Daphne has not heard yet
            super().handle_reply(message)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802 (Daphne's name)
        """Closes with any code; autobahn's sendClose raises for 1008, 1012, 1013 and their like."""
        self.sendCloseFrame(code=code or CLOSED)

    def push(self, text: str) -> bool:
        """Sends a text at once to a reader who keeps up; False if it has to be sent with `send`.

        Past the layers whose work is the same for each reader: the bytes are made once for all of
        them, and go to the kernel now, where Twisted would wait for the next turn of its loop.
        """
        transport = self.transport
        keeps_up = self.flow is not None and self.flow.taken and self.state == self.STATE_OPEN
        if not keeps_up or not isinstance(transport, Connection):
            return False
        if transport.dataBuffer or transport._tempDataBuffer or not transport.connected:
            return False
        data = text_frame(text)
        sent = transport.writeSomeData(data)
        if not isinstance(sent, int):
            return False  # lost: Twisted finds that out in its own way
        if sent < len(data):
            transport.write(data[sent:])  # type: ignore[no-untyped-call]
        return True

    def drop(self) -> None:
        if self.transport:
            self.transport.abortConnection()


@lru_cache(maxsize=1)
def text_frame(text: str) -> bytes:
    """A text as a server's frame of the WebSocket protocol; the last one is kept."""
    data = text.encode()
    size = len(data)
    if size < 126:
        return b"\x81%c%b" % (size, data)
    head = pack("!BBH", 0x81, 126, size) if size < 2**16 else pack("!BBQ", 0x81, 127, size)
    return head + data


class Server(daphne_server.Server):
    """Serves `application`; `on_start` runs once it listens, `on_stop` before anything is cut off.

    `limit` gives the most bytes that a body may have from the request's target, `refusal` what one
    that has more is answered with. `ready` is told the addresses listened on, as (host, port).
    """

    def __init__(
        self,
        application: Application,
        endpoints: list[str],
        *,
        limit: Callable[[bytes], int],
        refusal: Refusal = in_plain_words,
        on_start: Hook | None = None,
        on_stop: Hook | None = None,
        ready: Callable[[list[tuple[str, int]]], None] | None = None,
    ) -> None:
        super().__init__(
            application,
            endpoints,
            websocket_connect_timeout=10,
            websocket_max_message_size=64 * 1024 + 1024,  # the longest frame, with its envelope
            websocket_max_frame_size=64 * 1024 + 1024,
            verbosity=1,
            server_name="",
            ready_callable=self._started,
        )
        self.limit = limit
        self.refusal = refusal
        self._on_start = on_start
        self._on_stop = on_stop
        self._ready = ready
        self._tasks: set[asyncio.Future[None]] = set()
        self.failure: BaseException | None = None

    # Daphne makes its factories in run(), so they are adapted as they are set.

    @property
    def http_factory(self) -> Any:
        return self._http_factory

    @http_factory.setter
    def http_factory(self, factory: Any) -> None:
        build = factory.buildProtocol

        def build_with_our_request(address: Any) -> Any:
            protocol = build(address)
            protocol.requestFactory = Request
            return protocol

        factory.buildProtocol = build_with_our_request
        self._http_factory = factory

    @property
    def ws_factory(self) -> Any:
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, factory: Any) -> None:
        factory.protocol = Socket
        self._ws_factory = factory

    # Beginning

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self._ports = [*getattr(self, "_ports", []), port]
        if len(self._ports) == len(self.endpoints) and self._ready:
            self._ready(self.listening_addresses)

    def listen_error(self, failure: Any) -> None:
        self.failure = failure.value
        self.stop()

    def _started(self) -> None:
        if self._on_start:
            reactor.callWhenRunning(lambda: self._spawn(self._start()))

    async def _start(self) -> None:
        try:
            await self._on_start()  # type: ignore[misc]
        except Exception as error:
            logger.exception("The server could not start")
            self.failure = error
            self.stop()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # a task without a reference can vanish
        task.add_done_callback(self._tasks.discard)

    # Between the connections and the application

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Starts the application for a connection, and returns the queue that Daphne feeds."""
        scope["root_path"] = ""  # Daphne lets any client set it with a header
        scope.setdefault("asgi", {"version": "3.0"})
        events: Body | Inbox
        if scope["type"] == "http":
            events = Body(protocol.take_content())
        else:
            events = Inbox(overflow=protocol.drop)
            scope["extensions"] = {**scope.get("extensions", {}), PUSH: protocol.push}

        async def send(message: dict[str, Any]) -> None:
            await self.handle_reply(protocol, message)

        work = self.application(scope=scope, receive=events.get, send=send)
        if protocol not in self.connections:
            return None
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(work)
        return events

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Passes a message on, then waits until the reader has taken enough of what was sent."""
        await super().handle_reply(protocol, message)
        flow: Flow | None = protocol.flow
        if flow is None or flow.taken:
            return
        try:
            await flow.wait()
        except TimeoutError:
            logger.info("Dropped a reader that took nothing for %d s", STUCK_S)
            protocol.drop()

    # The end

    def kill_all_applications(self) -> Deferred[None]:
        """Daphne's hook before the shutdown: ours saves first, then lets requests finish."""
        return Deferred.fromFuture(asyncio.ensure_future(self._end()))

    async def _end(self) -> None:
        for port in getattr(self, "_ports", []):
            with suppress(Exception):
                port.stopListening()
        if self._on_stop:
            try:
                await asyncio.wait_for(self._on_stop(), END_S)
            except Exception:
                logger.exception("The work before the end failed")
        for protocol in list(self.connections):
            if isinstance(protocol, WebSocketProtocol):
                with suppress(Exception):  # one that is half open or half closed already
                    protocol.sendCloseFrame(code=RESTARTING)
        under_way = self._under_way(self.connections.values())
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=GRACE_S)
            for work in late:
                work.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @staticmethod
    def _under_way(connections: Iterable[dict[str, Any]]) -> list[asyncio.Future[None]]:
        works = (details.get("application_instance") for details in connections)
        return [work for work in works if work is not None and not work.done()]


def serve(
    application: Application,
    host: str,
    port: int,
    *,
    limit: Callable[[bytes], int],
    refusal: Refusal = in_plain_words,
    on_start: Hook | None = None,
    on_stop: Hook | None = None,
    ready: Callable[[list[tuple[str, int]]], None] | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT. Port 0 takes a free one; `ready` is told which.

    Raises what kept it from listening or starting: `twisted.internet.error.CannotListenError`, or
    whatever `on_start` raised.
    """
    interface = host.strip("[]").replace(":", r"\:")
    server = Server(
        application,
        [f"tcp:port={port}:interface={interface}:backlog=1024"],
        limit=limit,
        refusal=refusal,
        on_start=on_start,
        on_stop=on_stop,
        ready=ready,
    )
    server.run()
    if server.failure:
        raise server.failure
