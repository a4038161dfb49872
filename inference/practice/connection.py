"""HTTP/1.1 on one connection: h11 reads the requests and keeps the state."""

import asyncio
import logging
from typing import TYPE_CHECKING

import h11

from .body import HungUp
from .exchange import Exchange, Request
from .log import Asked
from .upload import Upload

if TYPE_CHECKING:
    from .server import PracticeServer

log = logging.getLogger(__name__)

# Go's limit of a header block, in bytes.
LONGEST_HEAD = 1 << 20
# A longer body is answered, but not kept in the log.
LONGEST_LOGGED = 1 << 20
_CHUNKED = b"Transfer-Encoding: chunked\r\n"


class Connection(asyncio.Protocol):
    """Hands requests to the server one at a time, and ends the work when the client leaves."""

    transport: asyncio.Transport

    def __init__(self, server: "PracticeServer") -> None:
        self.server = server
        # Unset while the client reads more slowly than we write.
        self.writable = asyncio.Event()
        self.writable.set()
        # Done when the connection is.
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        self._head: h11.Request | None = None
        self._body: list[bytes] = []
        # The body on its way, where it is not kept.
        self._upload: Upload | None = None
        self._work: asyncio.Task[None] | None = None
        self._asked: Asked | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self.transport = transport
        if self.server.script.refuses():
            transport.abort()
        else:
            self.server.connections.add(self)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._h11.receive_data(data)
        self._read()

    def eof_received(self) -> bool:
        # Like Go, take a half-closed connection for a client that has left.
        self._client_left()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.connections.discard(self)
        self._client_left()
        self.gone.set_result(None)

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    # What an exchange calls

    @property
    def speaks_chunks(self) -> bool:
        """Whether the client's version of HTTP has chunked bodies."""
        return self._head is not None and self._head.http_version >= b"1.1"

    def send(self, event: h11.Event, *, unframed: bool = False) -> None:
        """`unframed` leaves out what h11 adds to say how the body comes: Go's HEAD has nothing."""
        if data := self._h11.send(event):
            self.transport.write(data.replace(_CHUNKED, b"") if unframed else data)

    def ended(self) -> None:
        """The last chunk is out, written past h11."""
        self._h11.send(h11.EndOfMessage())

    def abort(self) -> None:
        """Ends it from this side, whatever is unsent."""
        self._client_left(by_client=False)
        self.transport.abort()

    def _read(self) -> None:
        try:
            while self._work is None or self._upload:
                event = self._h11.next_event()
                if isinstance(event, h11.Request):
                    self._begin_reading(event)
                elif isinstance(event, h11.Data):
                    (self._upload.feed if self._upload else self._body.append)(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage):
                    self._end_reading()
                else:
                    return
        except h11.RemoteProtocolError:
            self.transport.write(
                b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
                b"Connection: close\r\n\r\n400 Bad Request"
            )
            self.transport.close()

    def _begin_reading(self, head: h11.Request) -> None:
        self._head, self._body = head, []
        if self.server.takes_upload(head.method.decode("ascii"), self._path):
            transport = self.transport
            self._upload = Upload(
                self._ask_for_body, transport.pause_reading, transport.resume_reading
            )
            self._begin()
        else:
            self._ask_for_body()

    def _end_reading(self) -> None:
        if self._upload:
            self._upload.finish()
            self._upload = None
        else:
            self._begin()

    def _ask_for_body(self) -> None:
        if self._h11.they_are_waiting_for_100_continue:
            self.send(h11.InformationalResponse(status_code=100, headers=[]))

    @property
    def _path(self) -> str:
        assert self._head is not None  # noqa: S101 - asked for once there is a request
        return self._head.target.decode("latin-1").partition("?")[0]

    def _begin(self) -> None:
        assert self._head is not None  # noqa: S101 - EndOfMessage comes after a Request
        request = Request(
            self._head.method.decode("ascii"),
            self._path,
            {name.decode(): value.decode("latin-1") for name, value in self._head.headers},
            b"".join(self._body),
            self._upload,
        )
        logged = request.json if len(request.body) <= LONGEST_LOGGED else None
        asked = Asked(request.method, request.path, dict(request.headers), logged)
        self._asked = asked
        if not request.path.startswith("/practice/"):
            self.server.log.add(asked)
        exchange = Exchange(self, request, asked)
        self._work = asyncio.get_running_loop().create_task(self._answer(exchange))

    async def _answer(self, exchange: Exchange) -> None:
        try:
            await self.server.answer(exchange)
        except HungUp:
            self.transport.close()
        except Exception:
            log.exception("could not answer %s", exchange.request.path)
            self.transport.abort()
        self._asked = None
        self.server.log.end(exchange.asked)
        self._work = None
        if self.transport.is_closing():
            return
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()
            self._read()
        else:
            self.transport.close()

    def _client_left(self, *, by_client: bool = True) -> None:
        if self._work:
            self._work.cancel()
            self._work = None
        if self._asked:
            self.server.log.end(self._asked, cut_by_client=by_client)
            self._asked = None
