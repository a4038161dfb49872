"""One request and its answer."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import h11

from . import go
from .body import Body, HungUp
from .log import Asked
from .outcome import Failure
from .script import Fault, Kind
from .upload import Upload

if TYPE_CHECKING:
    from .connection import Connection

JSON = "application/json; charset=utf-8"
PLAIN_JSON = "application/json"
NDJSON = "application/x-ndjson"
TEXT = "text/plain"
# Go sends the length of a body that fits its buffer, and chunks a longer one.
LONGEST_WITH_LENGTH = 2048

BUSY = "server busy, please try again.  maximum pending requests exceeded"
RUNNER_STOPPED = (
    "model runner has unexpectedly stopped, this may be due to resource limitations or an internal "
    "error, check ollama server logs for details"
)
RUNNER_FAILED = "an error was encountered while running the model: unexpected EOF"
SCRIPTED = "an error that was scripted"
GARBAGE = b'\xff\xfe{"model": garbage\n'


@dataclass(frozen=True)
class Request:
    """What came: names of headers in lower case, the path without its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    # In place of a body that is too long to keep.
    upload: Upload | None = None

    @cached_property
    def json(self) -> Any:
        """The body if it is JSON, else as text: for the log and the scripts."""
        text = self.body.decode("utf-8", "replace")
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text or None

    @property
    def model(self) -> str:
        """The model it names, "" if none."""
        body = self.json
        if not isinstance(body, dict):
            return ""
        name = body.get("model") or body.get("name") or body.get("source")
        return name if isinstance(name, str) else ""


class Exchange:
    """Answers one request, with the faults that strike it."""

    def __init__(self, connection: "Connection", request: Request, asked: Asked) -> None:
        self.request = request
        self.asked = asked
        self.faults: list[Fault] = []
        # Headers for whatever the answer is.
        self.extra: list[tuple[str, str]] = []
        self._connection = connection
        self.started = False

    @property
    def writable(self) -> asyncio.Event:
        """Unset while the client reads more slowly than we write."""
        return self._connection.writable

    def struck_by(self, *kinds: Kind) -> list[Fault]:
        return [fault for fault in self.faults if fault.kind in kinds]

    def head(self, status: int, headers: list[tuple[str, str]], *, unframed: bool = False) -> None:
        """Sends the status and the headers, in Go's order."""
        self.started = True
        self.asked.status = status
        ordered = sorted([*self.extra, *headers], key=lambda header: header[0])
        lengths = [header for header in ordered if header[0] == "Content-Length"]
        others = [header for header in ordered if header[0] != "Content-Length"]
        date = ("Date", formatdate(usegmt=True))
        known = status in HTTPStatus.__members__.values()
        reason = HTTPStatus(status).phrase.encode() if known else b""
        self._connection.send(
            h11.Response(status_code=status, headers=[*others, date, *lengths], reason=reason),
            unframed=unframed,
        )

    def bare(self, status: int) -> None:
        """Answers HEAD without a header that tells of a body."""
        self.head(status, [], unframed=True)
        self._connection.send(h11.EndOfMessage())

    def empty(self, status: int, headers: list[tuple[str, str]] | None = None) -> None:
        length = [] if status == 204 else [("Content-Length", "0")]
        self.head(status, [*(headers or []), *length])
        self._connection.send(h11.EndOfMessage())

    def text(
        self,
        status: int,
        text: str,
        content_type: str = TEXT,
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        self._whole(status, text.encode(), [("Content-Type", content_type), *(headers or [])])

    def json(self, status: int, value: Any, content_type: str = JSON) -> None:
        self._whole(status, go.dump_bytes(value), [("Content-Type", content_type)])

    def fail(self, failure: Failure, *, stream: bool = False) -> None:
        """The error as Ollama sends it; one found at work in a would-be stream comes chunked."""
        if stream and failure.at_work:
            body = self.open(failure.status, PLAIN_JSON)
            body.write([go.dump_bytes({"error": failure.message})])
            self.close(body)
        else:
            self.json(failure.status, {"error": failure.message})

    async def reply(self, value: Any, content_type: str = JSON) -> None:
        """One JSON object with status 200, after what the faults have to say."""
        self.raise_early_faults(after_lines=True)
        data = go.dump_bytes(value)
        for fault in self.struck_by(Kind.STALL):
            await self.stall(fault)
        for fault in self.struck_by(Kind.GARBAGE):
            data = fault.text.encode() or GARBAGE
        if self.struck_by(Kind.EOF):
            data = data[: len(data) // 2]
        for fault in self.struck_by(Kind.CUT):
            self.head(200, [("Content-Type", content_type), ("Content-Length", str(len(data)))])
            after = len(data) // 2 if fault.after_bytes is None else fault.after_bytes
            self._connection.send(h11.Data(data=data[:after]))
            raise HungUp
        self._whole(200, data, [("Content-Type", content_type)])

    async def agree(self) -> None:
        """Before something is done that is answered without a body: what the faults have to say."""
        self.raise_early_faults(after_lines=True)
        for fault in self.struck_by(Kind.STALL):
            await self.stall(fault)

    def confirm(self) -> None:
        """It is done; with CUT nobody hears of it."""
        if self.struck_by(Kind.CUT):
            raise HungUp
        self.empty(200)

    def raise_early_faults(self, *, after_lines: bool = False) -> None:
        """Raises the errors that strike before the first line, or those of later lines too."""
        for fault in self.struck_by(Kind.ERROR, Kind.CRASH):
            if fault.after_lines <= 0 or after_lines:
                crashed = fault.kind is Kind.CRASH
                words = fault.text or (RUNNER_STOPPED if crashed else SCRIPTED)
                raise Failure(500, words, at_work=True)

    async def stall(self, fault: Fault) -> None:
        if fault.seconds is None:
            await self._connection.server.released.wait()
        else:
            await asyncio.sleep(fault.seconds)

    def open(self, status: int, content_type: str) -> Body:
        """Begins a chunked answer; `close` ends it."""
        chunked = self._connection.speaks_chunks
        framing = [("Transfer-Encoding", "chunked")] if chunked else []
        self.head(status, [("Content-Type", content_type), *framing])
        return Body(self._connection.transport, chunked=chunked)

    def close(self, body: Body) -> None:
        body.end()
        self._connection.ended()

    def _whole(self, status: int, data: bytes, headers: list[tuple[str, str]]) -> None:
        short = len(data) <= LONGEST_WITH_LENGTH
        if self.request.method == "HEAD" or (short or not self._connection.speaks_chunks):
            self.head(status, [*headers, ("Content-Length", str(len(data)))])
            if self.request.method != "HEAD":
                self._connection.send(h11.Data(data=data))
            self._connection.send(h11.EndOfMessage())
            return
        self.head(status, [*headers, ("Transfer-Encoding", "chunked")])
        body = Body(self._connection.transport)
        body.write([data])
        self.close(body)
