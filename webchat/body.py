"""What a client sends, taken as the application asks for it, never more than its route allows."""

import asyncio
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import IO, Any

CHUNK = 64 * 1024
LINGER_S = 2.0  # how long a refused sender is still listened to, so that it can read the answer
WAITING_MESSAGES = 64  # messages of a WebSocket client that may wait for the application

TOO_LARGE = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n"

# What a body over its limit is answered with, headers and words, from the request's headers, which
# are asked for by name ("" for one that is not there).
Refusal = Callable[[Callable[[str], str]], tuple[Mapping[str, str], bytes]]


def in_plain_words(header: Callable[[str], str]) -> tuple[Mapping[str, str], bytes]:
    return {"Content-Type": "text/plain; charset=utf-8"}, b"This is more than the server takes.\n"


class Body:
    """The events of one HTTP request: its body, piece by piece from the spool file, then the end.

    Daphne puts its own reading of the body in here too; that is passed over, as `take_content` left
    it nothing to read.
    """

    def __init__(self, content: IO[bytes]) -> None:
        self._content: IO[bytes] | None = content
        self._gone = asyncio.Event()
        content.seek(0)

    def put_nowait(self, event: dict[str, Any]) -> None:
        if event["type"] == "http.disconnect":
            self._close()
            self._gone.set()

    async def get(self) -> dict[str, Any]:
        if self._content is None or self._gone.is_set():
            await self._gone.wait()
            return {"type": "http.disconnect"}
        piece = self._content.read(CHUNK)
        more = len(piece) == CHUNK
        if not more:
            self._close()
        return {"type": "http.request", "body": piece, "more_body": more}

    def _close(self) -> None:
        if self._content is not None:
            self._content.close()
            self._content = None


class Inbox(asyncio.Queue[dict[str, Any]]):
    """The events of one WebSocket; a client that floods the application loses its connection."""

    def __init__(self, overflow: Any) -> None:
        super().__init__()
        self._overflow = overflow

    def put_nowait(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.receive" and self.qsize() >= WAITING_MESSAGES:
            self._overflow()
            return
        super().put_nowait(event)


class Spooled:
    """Mixed into a Twisted request: refuses a body over the limit, before or while it comes in."""

    channel: Any
    content: Any
    requestHeaders: Any  # noqa: N815 (Twisted's name)
    _room: int = 0
    _refused: bool = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Else Twisted parses every form, in the loop and as a whole, for `args` that nobody reads:
        # one with a file of 50 MB took 690 MB and kept everybody waiting for seconds.
        kwargs["parsePOSTFormSubmission"] = False
        super().__init__(*args, **kwargs)

    def gotLength(self, length: int | None) -> None:  # noqa: N802 (Twisted's name)
        """The headers are in. `length` is None for a chunked body, which is counted as it comes."""
        super().gotLength(length)  # type: ignore[misc]
        self._room = self.channel.factory.server.limit(self.channel._path)
        if length is not None and length > self._room:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        if self._refused:
            return
        self._room -= len(data)
        if self._room < 0:
            self._refuse()
        else:
            super().handleContentChunk(data)  # type: ignore[misc]

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        if not self._refused:
            super().requestReceived(command, path, version)  # type: ignore[misc]

    def take_content(self) -> IO[bytes]:
        """The body's file, now the caller's to close."""
        content: IO[bytes] = self.content
        self.content = BytesIO()
        return content

    def _refuse(self) -> None:
        # The sender may still be sending: closing at once would reset the connection and lose the
        # answer, so what comes is thrown away for a moment.
        from twisted.internet import reactor

        self._refused = True
        self.content.close()
        self.content = BytesIO()
        channel = self.channel
        headers, words = channel.factory.server.refusal(self._header)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        channel.transport.write(TOO_LARGE.format(len(words), lines).encode("latin-1") + words)
        channel.dataReceived = lambda data: None
        # Twisted declares its interface without self.
        reactor.callLater(LINGER_S, channel.transport.loseConnection)  # type: ignore[arg-type]

    def _header(self, name: str) -> str:
        return str((self.requestHeaders.getRawHeaders(name) or [""])[0])
