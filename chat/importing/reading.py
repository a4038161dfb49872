"""Opens a file that somebody wants to import, and finds the conversations in it."""

import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.importing import chatgpt, librechat, open_webui, tree, webchat
from chat.importing.parsed import NotReadable, ParsedConversation
from inference.ollama.lines import clean

LARGEST_FILE = 50_000_000  # bytes
# Bytes that an archive may hold of JSON in one file and in all, and that an image may have.
LARGEST_JSON = 50_000_000
LARGEST_ARCHIVE = 400_000_000
LARGEST_IMAGE = 25_000_000
MOST_CONVERSATIONS = 20_000
MOST_MESSAGES = 20_000  # in one conversation
LONGEST_MESSAGE = 4_000_000  # characters of text and thinking, as an answer may have here
FORMATS: tuple[ModuleType, ...] = (webchat, open_webui, librechat, chatgpt)
PROGRAMS = {
    webchat.SOURCE: "Webchat",
    open_webui.SOURCE: "Open WebUI",
    librechat.SOURCE: "LibreChat",
    chatgpt.SOURCE: "ChatGPT",
}
# What reading an archive raises that is cut off, broken, encrypted, or of a kind not known here.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Problem:
    """A conversation that cannot be imported."""

    title: str
    why: str


class Opened:
    """A file to import. Raises NotReadable, here and while it is read, if it is none of ours."""

    def __init__(self, path: Path) -> None:
        self._archive = _archive(path)
        self._path = path

    def close(self) -> None:
        if self._archive:
            self._archive.close()

    def conversations(self) -> Iterator[ParsedConversation | Problem]:
        """Each with its messages in order, or why it cannot be had."""
        count = 0
        for data in self._documents():
            program = next((each for each in FORMATS if each.matches(data)), None)
            if program is None:
                continue
            for entry in program.entries(data):
                count += 1
                if count > MOST_CONVERSATIONS:
                    raise NotReadable(
                        _("This file has more than %(n)s conversations. Split it.")
                        % {"n": MOST_CONVERSATIONS}
                    )
                yield _read(program, entry)
        if count == 0:
            raise NotReadable(
                _("No conversations were found. Exports of %(programs)s can be read.")
                % {"programs": ", ".join(PROGRAMS.values())}
            )

    def image(self, path: str) -> bytes:
        """An image of the archive; b"" where it is not there or too large."""
        try:
            found = self._archive.getinfo(path) if self._archive else None
        except KeyError:
            return b""
        if found is None or found.file_size > LARGEST_IMAGE:
            return b""
        return self._member(found)

    def _documents(self) -> Iterator[Any]:
        if self._archive is None:
            yield _parsed(self._path.read_bytes())
            return
        total = 0
        for member in self._archive.infolist():
            if PurePosixPath(member.filename).suffix != ".json":
                continue
            total += member.file_size
            if member.file_size > LARGEST_JSON or total > LARGEST_ARCHIVE:
                raise NotReadable(_("What this archive holds is too large to be read."))
            yield _parsed(self._member(member))

    def _member(self, member: zipfile.ZipInfo) -> bytes:
        """At most as many bytes as it says: what it says may be a lie."""
        assert self._archive is not None  # noqa: S101  it has the member
        try:
            with self._archive.open(member) as file:
                content = file.read(member.file_size + 1)
        except _DAMAGED as error:
            raise NotReadable(_("This archive is damaged or locked.")) from error
        if len(content) > member.file_size:
            raise NotReadable(_("This archive is damaged or locked."))
        return content


def _archive(path: Path) -> zipfile.ZipFile | None:
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return None
    try:
        return zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise NotReadable(
            _("This archive is cut off or damaged. Download it again and try once more.")
        ) from error


def _parsed(content: bytes) -> Any:
    try:
        written = content.decode("utf-8-sig")
        found = json.loads(written, parse_constant=lambda name: None)
        return clean(found) if "\\u" in written else found  # so it spells what nothing can store
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NotReadable(
            _("This is not JSON, or it is cut off. Choose the file as the export gave it.")
        ) from error
    except (RecursionError, ValueError) as error:
        raise NotReadable(_("This file is nested too deeply to be read.")) from error


def _read(program: ModuleType, entry: Any) -> ParsedConversation | Problem:
    title = ""
    try:
        found: ParsedConversation = program.conversation(entry)
        title = found.title
        if not found.id:
            raise NotReadable(_("It has no id."))
        if len(found.messages) > MOST_MESSAGES:
            raise NotReadable(
                ngettext(
                    "It has more than %(n)s message.",
                    "It has more than %(n)s messages.",
                    MOST_MESSAGES,
                )
                % {"n": MOST_MESSAGES}
            )
        found = tree.ordered(found)
        if not found.messages:
            raise NotReadable(_("It has no messages."))
        if any(len(each.text) + len(each.thinking) > LONGEST_MESSAGE for each in found.messages):
            raise NotReadable(_("One of its messages is too long."))
    except NotReadable as error:
        return Problem(title or "…", str(error))
    return found
