"""Joins the HTTP chunks of one read into one, below the HTTP parser. No I/O.

Ollama sends each line as a chunk of its own. h11 makes an event of each, which then passes through
httpcore and httpx alone: most of what a token costs. One chunk with the same content, as any proxy
might have made of them, costs that once a read.
"""

import re

LONGEST_HEAD = 64 * 1024  # bytes; the HTTP parser judges what is longer

_CHUNKED = re.compile(rb"^transfer-encoding:[ \t]*chunked[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
# What stands before a chunk's data: the end of the chunk before it, and the size in hex.
_BORDER = re.compile(rb"\r\n([0-9a-fA-F]{1,8})\r\n")
_HALF_BORDER = re.compile(rb"\r?|\r\n[0-9a-fA-F]{0,8}\r?")


class ChunkJoiner:
    """Takes the bytes of one HTTP/1.1 response, and gives the bytes of an equal one.

    At the first thing that it does not know for certain (another encoding, an extension, the
    closing chunk, rubbish) it steps aside: that and all after it passes as it came.
    """

    def __init__(self) -> None:
        self._held = b""  # the head, or a border, of which more must come
        self._left = 0  # bytes to come of the chunk that is open
        self._step = self._head

    def feed(self, data: bytes) -> bytes:
        """What can be passed on now; perhaps nothing."""
        return self._step(data)

    def _head(self, data: bytes) -> bytes:
        data = self._held + data
        size = data.find(b"\r\n\r\n") + 4
        if size < 4 and len(data) <= LONGEST_HEAD:
            self._held = data
            return b""
        if size < 4 or not _CHUNKED.search(data, 0, size):
            return self._step_aside(data)
        self._step = self._body
        self._held = b"\r\n"  # as if a chunk had ended: then every chunk begins alike
        return data[:size] + self._body(data[size:])

    def _body(self, data: bytes) -> bytes:
        data = self._held + data
        parts: list[bytes] = []
        at = 0
        while True:
            if self._left:
                part = data[at : at + self._left]
                parts.append(part)
                at += len(part)
                self._left -= len(part)
            border = _BORDER.match(data, at)
            if not border or not (size := int(border[1], 16)):
                break
            self._left = size
            at = border.end()
        joined = b"".join(parts)
        chunk = b"%x\r\n%b\r\n" % (len(joined), joined) if joined else b""
        self._held = data[at:]
        if _HALF_BORDER.fullmatch(self._held):
            return chunk
        return chunk + self._step_aside(self._held.removeprefix(b"\r\n"))

    def _step_aside(self, data: bytes) -> bytes:
        self._step = self._as_it_came
        self._held = b""
        return data

    def _as_it_came(self, data: bytes) -> bytes:
        return data
