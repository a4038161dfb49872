"""Texts that hold files as base64. The files are read when the text is sent or written, bit by bit.

A conversation may have hundreds of megabytes of images: as one text it would be in memory several
times.
"""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from chat.models import Attachment

CHUNK = 3 * 64 * 1024  # bytes of a file; base64 makes four characters of three


@dataclass(frozen=True)
class Text:
    """A text in parts: bytes as they are, and files that stand in it as base64."""

    parts: list[bytes | Path]

    @property
    def has_files(self) -> bool:
        return any(isinstance(part, Path) for part in self.parts)

    def chunks(self) -> Iterator[bytes]:
        """All of it. Of a file that was erased meanwhile nothing comes."""
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
                continue
            with suppress(FileNotFoundError), part.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield base64.b64encode(chunk)

    async def sent(self) -> AsyncIterator[bytes]:
        """The same, read in a thread as it is wanted."""
        chunks = self.chunks()
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk


class Inlining:
    """Makes a text that holds images: `mark` gives what stands for one until `text` is called."""

    def __init__(self) -> None:
        self._sign = uuid4().hex  # nobody can have written it into a message
        self._paths: list[Path] = []

    def mark(self, image: Attachment) -> str:
        """What to write where the base64 of an image is to be; "" if its file is lost."""
        if not image.path.exists():
            return ""
        self._paths.append(image.path)
        return f"{self._sign}-{len(self._paths) - 1}-"

    def text(self, written: str) -> Text:
        # Between the texts stand the numbers of the images.
        found = re.split(rf"{self._sign}-(\d+)-", written)
        parts: list[bytes | Path] = [found[0].encode()]
        for number, after in zip(found[1::2], found[2::2], strict=True):
            parts += [self._paths[int(number)], after.encode()]
        return Text([part for part in parts if part])
