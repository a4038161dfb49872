"""Takes the content out of HTTP chunks, below the HTTP parser. No I/O.

Ollama sends each line as a chunk of its own. h11 makes an event of each, which then passes through
httpcore and httpx alone: most of what a token costs. Here all chunks of one read are one content,
and the parser sees only the head and the end.
"""

import re

LONGEST_HEAD = 64 * 1024  # bytes; the HTTP parser judges what is longer

_CHUNKED = re.compile(rb"^transfer-encoding:[ \t]*chunked[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
# What stands before a chunk's data: the end of the chunk before it, and the size in hex.
_BORDER = re.compile(rb"\r\n([0-9a-fA-F]{1,8})\r\n")
_HALF_BORDER = re.compile(rb"\r?|\r\n[0-9a-fA-F]{0,8}\r?")


class Chunks:
    """Takes the bytes of one HTTP/1.1 response: `head` until `in_body`, then `contents`.

    At the first thing that it does not know for certain (another encoding, an extension, the
    closing chunk, rubbish) it steps aside: `in_body` is False, and `rest` is for the parser, as is
    all that comes after it. To the parser it looks as if no chunk had come before that.
    """

    def __init__(self) -> None:
        self.in_body = False
        self._in_head = True
        self._held = b""  # the head, or a border, of which more must come
        self._left = 0  # bytes to come of the chunk that is open

    def head(self, data: bytes) -> bytes:
        """What the parser can have now, perhaps nothing: the head, or all if it is not chunked."""
        if not self._in_head:
            return data
        data = self._held + data
        size = data.find(b"\r\n\r\n") + 4
        if size < 4 and len(data) <= LONGEST_HEAD:
            self._held = data
            return b""
        self._in_head, self._held = False, b""
        if size < 4 or not _CHUNKED.search(data, 0, size):
            return data
        self.in_body = True
        # As if a chunk had ended: then every chunk begins alike.
        self._held = b"\r\n" + data[size:]
        return data[:size]

    def contents(self, data: bytes) -> bytes:
        """The content that is known now, perhaps none."""
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
        self._held = data[at:]
        if not _HALF_BORDER.fullmatch(self._held):
            self.in_body = False
            self._held = self._held.removeprefix(b"\r\n")
        return b"".join(parts)

    def rest(self) -> bytes:
        """What was held back of what the parser is to have, once; nothing of a head."""
        if self._in_head:
            return b""
        rest, self._held = self._held, b""
        return rest
