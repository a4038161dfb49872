"""Writes a block's events as HTML, all text escaped. cleaning.py comes after it."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from inference.live import code, footnotes, formulas
from inference.live.addresses import address
from inference.live.carried import Carried
from inference.live.formulas import Formula
from inference.live.markdown import Block, is_closed_fence
from inference.live.mathml import mathml

# Nested elements; what is deeper stands in the innermost of them.
DEEPEST = 40
# Formulas of a message; those after them are shown as their source.
MOST_FORMULAS = 2_000
# Cells of a table; after them those that a row leaves out are not made up.
MOST_CELLS = 5_000

_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)

Memo = dict[tuple[str, ...], str]

_PLAIN_TAGS = {
    "Paragraph": ('<p dir="auto">', "</p>"),
    "HtmlBlock": ('<p dir="auto">', "</p>"),
    "Item": ('<li dir="auto">', "</li>"),
    "Emphasis": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Strikethrough": ("<del>", "</del>"),
    "TableRow": ("<tr>", "</tr>"),
}
_MARKS = {"SoftBreak": "\n", "HardBreak": "<br>", "Rule": "<hr>"}
_TABLE = (
    '<div class="scroll" role="group" tabindex="0" aria-labelledby="word-table"><table>',
    "</tbody></table></div>",
)


class Writer:
    """Writes the blocks of one source.

    `growing` says that its last block may get more text: a code block without its closing fence
    is then shown plain, as is one that takes too long to colour on the event loop.
    """

    def __init__(
        self,
        data: bytes,
        found: Sequence[Formula],
        prefix: str,
        carried: Carried,
        memo: Memo,
        *,
        growing: bool,
    ) -> None:
        self._data = data
        self._found = found
        self._prefix = prefix
        self._carried = carried
        self._memo = memo
        self._growing = growing
        self._out: list[str] = []
        self._ends: list[str] = []
        self._code: list[str] | None = None  # the text of the code block that we are in
        self._alias = ""
        self._code_is_open = False
        self._alt: list[str] | None = None  # the words of the image that we are in
        self._image = ""
        self._image_depth = 0
        self._links = 0
        self._columns: tuple[str, ...] = ()
        self._column = 0
        self._cells = 0
        self._cell = ("td", "")

    def write(self, block: Block) -> str:
        """The block's HTML, not cleaned yet."""
        if not block.events:
            written = self._written(self._data[block.start : block.end].decode())
            lines = escape(written.strip()).replace("\n", "<br>")
            return f'<p dir="auto">{lines}</p>'
        self._out = out = []
        for event, start, end in block.events:
            if type(event) is str:
                if self._alt is None:
                    out.append(_MARKS[event])
                else:
                    self._alt.append(" ")
                continue
            ((kind, value),) = event.items()
            if kind == "Text":
                if self._code is None and self._alt is None:
                    out.append(self._text(value))
                else:
                    self._plain_text(value)
            elif kind == "Start":
                self._start(value, start, end)
            elif kind == "End":
                self._end(value)
            else:
                self._other(kind, value)
        return "".join(out)

    def _other(self, kind: str, value: Any) -> None:
        if self._alt is not None:
            if isinstance(value, str):
                self._alt.append(self._written(value))
        elif kind == "Code":
            self._out.append(f'<code dir="ltr">{escape(self._written(value))}</code>')
        elif kind in ("InlineMath", "DisplayMath"):
            display = kind == "DisplayMath"
            fence = "$$" if display else "$"
            latex = self._written(value)
            self._out.append(self._formula(Formula(latex, f"{fence}{latex}{fence}", display)))
        elif kind in ("Html", "InlineHtml"):
            # Models break the lines of table cells so. All other markup is text.
            is_break = kind == "InlineHtml" and _LINE_BREAK.fullmatch(value)
            self._out.append("<br>" if is_break else self._text(value))
        elif kind == "FootnoteReference":
            self._out.append(footnotes.reference(value, self._prefix, self._carried))
        elif kind == "TaskListMarker":
            state = (
                'checked aria-labelledby="word-done"' if value else 'aria-labelledby="word-undone"'
            )
            self._out.append(f'<input type="checkbox" disabled {state}> ')

    def _start(self, tag: Any, start: int, end: int) -> None:
        if type(tag) is str:
            if tag == "TableHead":
                self._cell = "th", ' scope="col"'
                self._column = 0
                self._open("<thead><tr>", "</tr></thead><tbody>")
            elif tag == "TableCell":
                self._open(*self._cell_tags(is_empty=start == end))
            else:
                if tag == "TableRow":
                    self._column = 0
                self._open(*_PLAIN_TAGS.get(tag, ("", "")))
            return
        ((name, value),) = tag.items()
        if name == "Heading":
            level = self._carried.heading(int(value["level"][1]))
            self._open(f'<h{level} dir="auto">', f"</h{level}>")
        elif name == "CodeBlock":
            self._start_code(value, start, end)
        elif name == "List":
            self._open(*_list_tags(value))
        elif name == "Link":
            self._start_link(value)
        elif name == "Image":
            self._start_image(value)
        elif name == "Table":
            self._columns = value
            self._open(*_TABLE)
        elif name == "FootnoteDefinition":
            self._open(*footnotes.definition(value, self._prefix, self._carried))
        elif name == "BlockQuote":
            self._open("<blockquote>", "</blockquote>")
        else:
            self._open("", "")

    def _end(self, tag: Any) -> None:
        if tag == "CodeBlock":
            self._end_code()
        elif tag == "Image":
            self._end_image()
        else:
            end = self._ends.pop()
            if tag == "Link" and end:
                self._links -= 1
            elif tag == "TableHead":
                self._cell = "td", ""
            elif tag == "HtmlBlock":
                while self._out[-1].endswith("\n"):
                    self._out.append(self._out.pop().rstrip("\n") or self._out.pop())
            if self._alt is None:
                self._out.append(end)

    def _open(self, start: str, end: str) -> None:
        """Notes the end tag; beyond the depth, and within an image's words, there are no tags."""
        if self._alt is not None or len(self._ends) >= DEEPEST:
            start = end = ""
        self._ends.append(end)
        self._out.append(start)

    def _cell_tags(self, *, is_empty: bool) -> tuple[str, str]:
        self._cells += 1
        column, self._column = self._column, self._column + 1
        if is_empty and self._cells > MOST_CELLS:
            return "", ""
        tag, more = self._cell
        right = column < len(self._columns) and self._columns[column] == "Right"
        return f'<{tag} dir="auto"{more}{" class=num" if right else ""}>', f"</{tag}>"

    # Text

    def _text(self, text: str) -> str:
        html = escape(text)
        if "\ufdd0" not in html:
            return html
        return formulas.STAND_IN.sub(
            lambda match: self._formula(self._found[formulas.number_of(match)]), html
        )

    def _plain_text(self, text: str) -> None:
        text = self._written(text)
        for parts in (self._code, self._alt):
            if parts is not None:
                parts.append(text)

    def _written(self, text: str) -> str:
        return formulas.put_back(text, self._found)

    def _formula(self, formula: Formula) -> str:
        self._carried.formulas += 1
        key = ("math", formula.source)
        if key not in self._memo:
            few = self._carried.formulas <= MOST_FORMULAS
            html = mathml(formula.latex, display=formula.display) if few else None
            self._memo[key] = html or f'<code dir="ltr">{escape(formula.source)}</code>'
        return self._memo[key]

    def _address(self, url: str) -> str:
        return address(formulas.put_back_unescaped(url, self._found))

    # Code

    def _start_code(self, kind: Any, start: int, end: int) -> None:
        info = kind["Fenced"] if type(kind) is dict else ""
        name, self._alias = code.language_of(info)
        self._code = []
        self._code_is_open = (
            self._growing
            and type(kind) is dict
            and end >= len(self._data.rstrip())
            and not is_closed_fence(self._data, start, end, nested=bool(self._ends))
        )
        self._out.append(code.frame_start(name))

    def _end_code(self) -> None:
        text = "".join(self._code or ()).removesuffix("\n")
        self._code = None
        is_long = self._growing and len(text) > code.MOST_ON_LOOP
        if self._code_is_open or is_long or not self._alias:
            html = escape(text)
        else:
            key = (self._alias, text)
            if key not in self._memo:
                self._memo[key] = code.highlight(text, self._alias)
            html = self._memo[key]
        self._out += html, code.FRAME_END

    # Links and images

    def _start_link(self, link: dict[str, str]) -> None:
        scheme = "mailto:" if link["link_type"] == "Email" else ""
        url = self._address(f"{scheme}{link['dest_url']}")
        if not url or self._links:
            self._open("", "")
            return
        self._open(f'<a href="{escape(url)}">', "</a>")
        self._links += bool(self._ends[-1])

    def _start_image(self, image: dict[str, str]) -> None:
        """An image becomes a link with its words: a page loads nothing from other hosts."""
        self._ends.append("")
        if self._alt is None:
            self._alt = []
            self._image = self._address(image["dest_url"])
            self._image_depth = len(self._ends)

    def _end_image(self) -> None:
        depth = len(self._ends)
        self._ends.pop()
        if self._alt is None or depth != self._image_depth:
            return
        words = escape("".join(self._alt).strip() or self._image)
        self._alt = None
        if self._image and not self._links:
            words = f'<a href="{escape(self._image)}">{words}</a>'
        self._out.append(words)


def _list_tags(first: int | None) -> tuple[str, str]:
    if first is None:
        return "<ul>", "</ul>"
    return ("<ol>" if first == 1 else f'<ol start="{first}">'), "</ol>"
