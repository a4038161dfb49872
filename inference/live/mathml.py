r"""LaTeX formulas as MathML.

latex2mathml lets a formula write markup: `\text{<div hx-get=…>}`, `\href{javascript:…}`, `\class`,
`\style`. So of what it makes only the tree is used, and written here: known elements, known
attributes with values of known shape, and text that is escaped.
"""

import re
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

# Characters of LaTeX, and nested elements, beyond which a formula is shown as its source. The
# longest takes some 20 ms.
LONGEST = 2_000
DEEPEST = 40
# Macros can double what they stand for again and again.
_DEFINES = re.compile(r"\\(?:(?:re|provide)?new\w+|renew\w+|provide\w+|[egx]?def|let|Declare\w+)\b")

# fmt: off
TAGS = {
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow",
    "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover",
}
# fmt: on
# Browsers draw an error, or nothing, where one of these has fewer or more children.
_CHILDREN = {
    "mfrac": 2,
    "mover": 2,
    "mroot": 2,
    "msub": 2,
    "msubsup": 3,
    "msup": 2,
    "munder": 2,
    "munderover": 3,
}
_LENGTH = re.compile(
    r"[+-]?0?\.\d+(?:em|ex)|[0-4](?:\.\d+)?(?:em|ex|px|pt)?|(?:0|thin|medium|thick)"
)
_WORD = re.compile(r"[a-z-]{1,20}")
_WORDS = re.compile(r"[a-z0-9. ]{1,60}")
ATTRIBUTES = {
    "accent": _WORD,
    "accentunder": _WORD,
    "columnalign": _WORDS,
    "columnlines": _WORDS,
    "columnspacing": _WORDS,
    "depth": _LENGTH,
    "display": _WORD,
    "displaystyle": _WORD,
    "fence": _WORD,
    "form": _WORD,
    "height": _LENGTH,
    "largeop": _WORD,
    "linethickness": _LENGTH,
    "lspace": _LENGTH,
    "mathvariant": _WORD,
    "maxsize": _LENGTH,
    "minsize": _LENGTH,
    "movablelimits": _WORD,
    "notation": _WORD,
    "rowlines": _WORDS,
    "rowspacing": _WORDS,
    "rspace": _LENGTH,
    "scriptlevel": re.compile(r"[+-]?[0-3]"),
    "separator": _WORD,
    "stretchy": _WORD,
    "symmetric": _WORD,
    "voffset": _LENGTH,
    "width": _LENGTH,
}


def mathml(latex: str, *, display: bool) -> str | None:
    """The formula as MathML; None if it is too long, too deep, or not understood."""
    if len(latex) > LONGEST or _DEFINES.search(latex):
        return None
    try:
        converter = Converter(display="block" if display else "inline")
        root = converter.convert_to_element(latex)
    except Exception:  # it raises whatever comes, RecursionError and IndexError too
        return None
    parts: list[str] = []
    return "".join(parts) if _write(root, parts, DEEPEST) else None


def _write(element: Element, parts: list[str], room: int) -> bool:
    if element.tag not in TAGS or not room:
        return False
    if len(element) != _CHILDREN.get(element.tag, len(element)):
        return False
    parts.append(f"<{element.tag}")
    for name, value in element.attrib.items():
        shape = ATTRIBUTES.get(name)
        if shape is not None and shape.fullmatch(value):
            parts.append(f' {name}="{value}"')
    # latex2mathml writes some characters as references, which it unescapes at its own end.
    parts.append(f">{_text(element.text)}")
    for child in element:
        if not _write(child, parts, room - 1):
            return False
        parts.append(_text(child.tail))
    parts.append(f"</{element.tag}>")
    return True


def _text(text: str | None) -> str:
    return escape(unescape(text)) if text else ""
