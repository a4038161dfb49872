"""The last step before a browser: nothing but known elements and known attributes gets through.

The writer escapes all that a model wrote. This is the wall behind it: even if the writer, Pygments
or latex2mathml let markup slip, no script, style, name, form, `hx-*` or foreign id or class passes.
"""

import re

import nh3

from inference.live import code, mathml


def _button(does: str, more: str = "") -> str:
    return (
        f'<button class="button quiet small bare{more}" type="button" data-{does}'
        f' aria-labelledby="word-{does}">'
        f'<svg class="icon" aria-hidden="true"><use href="#icon-{does}"></use></svg></button>'
    )


# After the cleaning only these are added, which hold no character of a model's. Their names come
# from the page (templates/live/_words.html), as one HTML serves readers of all languages.
CODE_BUTTONS = _button("save", " end") + _button("copy")
_CAPTION_END = "</figcaption>"
_HEADINGS = ("h2", "h3", "h4")
# fmt: off
_BARE = {
    "blockquote", "br", "code", "del", "em", "figcaption", "figure", "hr", "li", "ol", "p", "pre",
    "span", "strong", "sup", "table", "tbody", "thead", "tr", "ul",
}
# fmt: on
_OWN_ID = re.compile(r"f[nr]-[0-9A-Za-z-]{1,80}-\d{1,5}")
_LABELLED = {"tabindex": {"0"}, "role": {"group"}, "aria-labelledby": {"word-code", "word-table"}}
_VALUES = {
    **{tag: {"dir": {"auto"}} for tag in ("p", "li", *_HEADINGS)},
    "a": {"role": {"doc-noteref", "doc-backlink"}},
    "code": {"dir": {"ltr"}},
    "div": {**_LABELLED, "role": {"group", "note"}},
    "input": {"type": {"checkbox"}, "aria-labelledby": {"word-done", "word-undone"}},
    "pre": {**_LABELLED, "dir": {"ltr"}},
    "td": {"dir": {"auto"}},
    "th": {"dir": {"auto"}, "scope": {"col"}},
}
_CLASSES = {
    "div": {"scroll", "footnote"},
    "figcaption": {"line"},
    "figure": {"code"},
    "span": set(code.CLASSES),
    "td": {"num"},
    "th": {"num"},
}


def _own_link(address: str) -> str | None:
    return address if address.startswith("#") and _OWN_ID.fullmatch(address[1:]) else None


def _own_id(tag: str, name: str, value: str) -> str | None:
    return value if name != "id" or _OWN_ID.fullmatch(value) else None


def _cleaner(*, ids: bool) -> nh3.Cleaner:
    attributes = {
        **{tag: set(mathml.ATTRIBUTES) for tag in mathml.TAGS},
        "a": {"href"},
        "input": {"checked"},
        "li": set(),
        "ol": {"start"},
        "pre": {"aria-label"},
    }
    if ids:
        for tag in ("a", "div"):
            attributes[tag] = attributes.get(tag, set()) | {"id"}
    return nh3.Cleaner(
        tags={*_BARE, *_VALUES, *mathml.TAGS},
        attributes=attributes,
        tag_attribute_values=_VALUES,
        set_tag_attribute_values={"input": {"disabled": ""}},
        allowed_classes=_CLASSES,
        attribute_filter=_own_id if ids else None,
        url_schemes={"http", "https", "mailto"},
        url_relative=_own_link,
        link_rel="noopener noreferrer",
    )


# A filter in Python is called for each attribute: only where there are ids.
_WITHOUT_IDS = _cleaner(ids=False)
_WITH_IDS = _cleaner(ids=True)


def clean(html: str, *, ids: bool = False) -> str:
    """The HTML as it may go to browsers; `ids` only for that with footnotes, whose ids are ours."""
    cleaned = (_WITH_IDS if ids else _WITHOUT_IDS).clean(html)
    return cleaned.replace(_CAPTION_END, CODE_BUTTONS + _CAPTION_END)
