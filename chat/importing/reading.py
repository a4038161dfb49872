"""Opens a file that somebody wants to import, and finds the conversations in it."""

import json
import lzma
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.importing import chatgpt, librechat, open_webui, tree, webchat
from chat.importing.parsed import NotReadable, ParsedConversation
from chat.importing.pieces import Pieces

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
# At the beginning of a list, to tell which program it is of.
MOST_LOOKED_AT = chatgpt.MOST_DAMAGED
Entry = tuple[ModuleType, Any]  # a conversation as it stands in a file, and what reads it
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
        for read in self._documents():
            for program, entry in _entries(read):
                count += 1
                if count > MOST_CONVERSATIONS:
                    raise NotReadable(
                        _("This file has more than %(n)s conversations. Split it.")
                        % {"n": MOST_CONVERSATIONS}
                    )
                found = _parsed(program, entry)
                del entry  # it is large, and no longer needed while this one is stored
                yield found
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
        with self._member(found) as read:
            return read(found.file_size)

    def _documents(self) -> Iterator[Callable[[int], bytes]]:
        """What reads the bytes of each file of JSON."""
        if self._archive is None:
            with self._path.open("rb") as file:
                yield file.read
            return
        total = 0
        for member in self._archive.infolist():
            if PurePosixPath(member.filename).suffix != ".json":
                continue
            total += member.file_size
            if member.file_size > LARGEST_JSON or total > LARGEST_ARCHIVE:
                raise NotReadable(_("What this archive holds is too large to be read."))
            with self._member(member) as read:
                yield read

    @contextmanager
    def _member(self, member: zipfile.ZipInfo) -> Iterator[Callable[[int], bytes]]:
        """What reads it; zipfile gives at most as many bytes as it says, which may be a lie."""
        assert self._archive is not None  # noqa: S101  it has the member
        with _undamaged():
            file = self._archive.open(member)

        def read(size: int) -> bytes:
            with _undamaged():
                return file.read(size)

        with file:
            yield read


@contextmanager
def _undamaged() -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise NotReadable(_("This archive is damaged or locked.")) from error


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


def _entries(read: Callable[[int], bytes]) -> Iterator[Entry]:
    """The conversations as they stand in a file, read as they are asked for."""
    pieces = Pieces(read)
    try:
        if pieces.next_sign() == "[":
            listed: list[Any] = []
            yield from _listed(listed, listed, pieces.elements())
        elif pieces.next_sign() == "{":
            yield from _of_object(pieces)
        else:
            pieces.value()
        pieces.end()
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NotReadable(
            _("This is not JSON, or it is cut off. Choose the file as the export gave it.")
        ) from error
    except (RecursionError, ValueError) as error:
        raise NotReadable(_("This file is nested too deeply to be read.")) from error


def _of_object(pieces: Pieces) -> Iterator[Entry]:
    """Those in "conversations", else the object itself."""
    data: dict[str, Any] = {}
    is_read = False
    for name in pieces.members():
        if name == "conversations" and pieces.next_sign() == "[":
            data[name] = []
            is_read = yield from _listed(data, data[name], pieces.elements())
        else:
            value = pieces.value()
            if not is_read:
                data[name] = value
    if not is_read and (program := _program(data)):
        yield from _each(program, program.entries(data))


def _listed(data: Any, listed: list[Any], elements: Iterator[Any]) -> Generator[Entry, None, bool]:
    """Those in a list, of which `listed`, in `data`, has as much as tells the program.

    False if nothing told it; `listed` then has all that could be conversations.
    """
    for each in elements:
        if len(listed) <= MOST_CONVERSATIONS:
            listed.append(each)
        if len(listed) <= MOST_LOOKED_AT and (program := _program(data)):
            yield from _each(program, program.entries(data))
            listed.clear()
            yield from _each(program, elements)
            return True
    return False


def _each(program: ModuleType, entries: Iterator[Any]) -> Iterator[Entry]:
    # Not a generator, which would keep each until the next one is asked for.
    return map(lambda entry: (program, entry), entries)  # noqa: C417


def _program(data: Any) -> ModuleType | None:
    return next((each for each in FORMATS if each.matches(data)), None)


def _parsed(program: ModuleType, entry: Any) -> ParsedConversation | Problem:
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
