"""An answer that still grows, as HTML: what has closed is final, the open rest is rendered again.

The parser itself says where top-level blocks begin, and is asked only about the part of the text
that is still open. A block has closed once the next one has begun in a line that is complete: no
later line can change it then, except by defining a link or a footnote that it names. For those the
whole message is rendered anew when it has ended (renderer.render), and the page morphed.
"""

from dataclasses import dataclass
from html import escape

from inference.live import code, plain_line
from inference.live.carried import Carried
from inference.live.cleaning import clean
from inference.live.formulas import Source, source_of
from inference.live.markdown import Block, blocks, is_closed_fence
from inference.live.open_code import OpenCode
from inference.live.plain import PlainPieces
from inference.live.renderer import render_blocks
from inference.live.writer import Memo

# Events of what is open: more would hold up everybody's answers. Then it stands there as it was
# written, until the message has ended and is rendered off the event loop.
MOST_EVENTS = 60_000


@dataclass(frozen=True, slots=True)
class Change:
    """What a page has to do to show what has come since the last change.

    First `closed` goes before the open part; then the open part becomes `open`, unless that is
    None; then `grown` (escaped text) goes to the end of the code in the open part.
    """

    closed: str = ""
    open: str | None = None
    grown: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """The first `count` of a list that only grows, and an end: a string that costs nothing yet."""

    parts: list[str]
    count: int
    end: str = ""

    def __str__(self) -> str:
        return "".join(self.parts[: self.count]) + self.end


NOTHING = View([], 0)


class LiveText:
    """Takes in the pieces of a text and gives the changes of its HTML.

    A change costs as much as what is open, and in an open code block as much as what is new.
    """

    def __init__(self, prefix: str, first: str = "") -> None:
        """`prefix` as renderer.render takes it; `first` goes before the text, once there is any."""
        self._prefix = prefix
        self._first = first
        self._pieces = PlainPieces()
        self._new: list[str] = []
        self._tail = ""  # the source of what is open
        self._code: OpenCode | None = None
        self._carried = Carried()
        self._memo: Memo = {}  # formulas and code of the open part
        self._closed: list[str] = []
        self._open: list[str] = []
        self._open_end = ""

    def append(self, piece: str) -> None:
        """Takes in a piece; nothing is rendered until the next change."""
        if piece and self._first:
            self._new.append(self._first)
            self._first = ""
        self._new.append(piece)

    def change(self) -> Change:
        """Renders what has come since the last change."""
        new = self._pieces.feed("".join(self._new))
        self._new.clear()
        if not new:
            return Change()
        if self._code is not None:
            grown, has_closed = self._code.feed(new)
            if not has_closed:
                return Change(grown=self._grow(grown))
            new = self._code.source + self._code.rest
            self._tail, self._code = "", None
        self._tail += new
        closed = self._close_plain() + self._close() if "\n" in new else ""
        return self._reopen(closed)

    @property
    def closed_html(self) -> View:
        """What has closed, as of the last change."""
        return View(self._closed, len(self._closed))

    @property
    def open_html(self) -> View:
        """What is open, as of the last change."""
        return View(self._open, len(self._open), self._open_end)

    def _close_plain(self) -> str:
        """The same as _close for plain paragraphs, which end for good at a blank line."""
        paragraphs, blank, rest = self._tail.rpartition("\n\n")
        found = plain_line.paragraphs(paragraphs) if blank else None
        if found is None:
            return ""
        self._tail = rest
        closed = "".join(map(self._carried.cut, found))
        self._closed.append(closed)
        return closed

    def _close(self) -> str:
        """Renders the blocks that have closed and takes them off the tail."""
        source = source_of(self._tail[: self._tail.rfind("\n") + 1])
        found = blocks(source, MOST_EVENTS)
        is_last = True
        while found and not source.is_settled(found[-1].start):
            found.pop()
            is_last = False
        if not found:
            return ""
        last, cut = found[-1], found[-1].start
        if last.is_fenced and is_last:
            if is_closed_fence(source.data, last.events[0][1], last.end, nested=False):
                if not source.data[last.end :].strip() and source.is_settled(len(source.data)):
                    cut = len(source.data)
            else:
                self._begin_code(last)
        if cut == last.start:
            found.pop()
        closed = self._render(found, source, self._carried)
        if cut:
            self._tail = self._tail.encode()[cut:].decode()
        if closed:
            self._closed.append(closed)
            self._memo.clear()
        return closed

    def _begin_code(self, block: Block) -> None:
        opening, _, rest = self._tail.encode()[block.start :].decode().partition("\n")
        open_code = OpenCode(f"{opening}\n")
        body, has_closed = open_code.feed(rest)
        if has_closed:  # not as the parser sees it: it knows better
            return
        name, _ = code.language_of(block.events[0][0]["Start"]["CodeBlock"]["Fenced"])
        frame = clean(code.frame_start(name) + code.FRAME_END)
        self._code = open_code
        start = self._carried.would_cut(frame.removesuffix(code.FRAME_END))
        self._open, self._open_end = [start], code.FRAME_END
        self._grow(body)

    def _grow(self, text: str) -> str:
        html = escape(text, quote=False)
        if html:
            self._open.append(html)
        return html

    def _reopen(self, closed: str) -> Change:
        if self._code is not None:
            return Change(closed, str(self.open_html))
        html = plain_line.paragraph(self._tail)
        if html is None:
            source = source_of(self._tail)
            html = self._render(blocks(source, MOST_EVENTS), source, self._carried.copy())
        else:
            html = self._carried.would_cut(html)
        is_same = not self._open_end and html == "".join(self._open)
        self._open, self._open_end = [html], ""
        return Change(closed, None if is_same else html)

    def _render(self, found: list[Block], source: Source, carried: Carried) -> str:
        return "".join(
            render_blocks(found, source, self._prefix, carried, self._memo, growing=True)
        )
