"""Reads HTML as strictly as it has to be: everything in it that the renderer may not write."""

import re
from html.parser import HTMLParser

from inference.live import code, mathml

# The buttons of a code block, which come after the cleaning.
OURS = {
    ("button", "class", "button quiet small bare end"),
    ("button", "class", "button quiet small bare"),
    ("button", "type", "button"),
    ("button", "data-copy", None),
    ("button", "data-save", None),
    ("button", "aria-labelledby", "word-copy"),
    ("button", "aria-labelledby", "word-save"),
    ("svg", "class", "icon"),
    ("svg", "aria-hidden", "true"),
    ("use", "href", "#icon-copy"),
    ("use", "href", "#icon-save"),
}
# fmt: off
TAGS = {
    "a", "blockquote", "br", "button", "code", "del", "div", "em", "figcaption", "figure", "h2",
    "h3", "h4", "hr", "input", "li", "ol", "p", "pre", "span", "strong", "sup", "svg", "table",
    "tbody", "td", "th", "thead", "tr", "ul", "use", *mathml.TAGS,
}
# fmt: on
CLASSES = {"scroll", "footnote", "line", "code", "num", *code.CLASSES}
VALUES = {
    "aria-labelledby": r"word-(code|table|done|undone)",
    "aria-label": r"[^<>\"]{1,60}",
    "checked": r"",
    "dir": r"auto|ltr",
    "disabled": r"",
    "href": r"(https?://|mailto:)[^\s\"'<>`\\]*|#f[nr]-[0-9a-f]+t?-\d+",
    "id": r"f[nr]-[0-9a-f]+t?-\d+",
    "rel": r"noopener noreferrer",
    "role": r"group|note|doc-noteref|doc-backlink",
    "scope": r"col",
    "start": r"\d{1,9}",
    "tabindex": r"0",
    "type": r"checkbox",
}
EMPTY = {"br", "hr", "input"}


class Faults(HTMLParser):
    """Collects what does not belong into the HTML of an answer, and whether its tags match."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        if self._open:
            self.found.append(f"not closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if (tag, name, value) not in OURS and not self._may_have(tag, name, value or ""):
                self.found.append(f"<{tag} {name}={value!r}>")
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.found.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        if data:  # else it is a cut (parts.py)
            self.found.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"declaration {decl}")

    def _may_have(self, tag: str, name: str, value: str) -> bool:
        if name == "class":
            return value in CLASSES or not value
        if tag in mathml.TAGS:
            shape = mathml.ATTRIBUTES.get(name)
            return shape is not None and shape.fullmatch(value) is not None
        shape_of = VALUES.get(name)
        return shape_of is not None and re.fullmatch(shape_of, value) is not None


def faults(html: str) -> list[str]:
    """What is in the HTML that may not be there; empty if all is well."""
    return Faults(html).found
