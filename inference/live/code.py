"""Code blocks: their frame, their language, their colours.

The frame holds no word of the interface, as one HTML serves readers of all languages. What needs a
name takes it from an element of the page (`aria-labelledby`, templates/live/_words.html); names of
languages are the same everywhere.
"""

import re
from functools import cache
from html import escape
from time import monotonic

from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType
from pygments.util import ClassNotFound

# Bytes of code up to which colours are made on the event loop, and at all.
MOST_ON_LOOP = 20_000
MOST_COLOURED = 100_000
# Seconds after which the rest of a block stays plain; looked at between two tokens only.
LONGEST = 1.0
# Characters of a line. With one token some lexers take time that grows with the square of its line,
# and nothing can end that: for 19,000 characters 10 s, in which the whole process stands still.
LONGEST_LINE = 2_000

FRAME_END = "</code></pre></figure>"
_NAME = re.compile(r"[A-Za-z0-9+#._-]{1,20}")
# The classes that the page has colours for; the other tokens stay bare, which makes the HTML of
# code a third as long.
_COLOURED = re.compile(r"c|k|s|m|nf$|nc$|nd$")
CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name and _COLOURED.match(name))


# No language: their name, "Text only", would be a word of the interface.
PLAIN = {"text", "txt", "plain", "plaintext"}


@cache
def _languages() -> dict[str, str]:
    """The name of each language by what people call it."""
    return {
        alias: name for name, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases
    }


def language_of(info: str) -> tuple[str, str]:
    """What is after a fence as a name to show ("" if unknown) and an alias ("" if not known)."""
    word = info.split(maxsplit=1)[0].strip("{}.").partition(",")[0] if info.strip() else ""
    alias = word.lower()
    if alias in PLAIN:
        return "", ""
    if name := _languages().get(alias):
        return name, alias
    return (word if _NAME.fullmatch(word) else ""), ""


def frame_start(name: str) -> str:
    """The HTML before the code. The button to copy it comes after the cleaning."""
    label = f'aria-label="{escape(name)}"' if name else 'aria-labelledby="word-code"'
    return (
        f'<figure class="code"><figcaption class="line">{escape(name)}</figcaption>'
        f'<pre dir="ltr" tabindex="0" role="group" {label}><code>'
    )


def highlight(code: str, alias: str) -> str:
    """The code as HTML, with spans for what has a colour; plain if that is not to be had."""
    if not alias or len(code) > MOST_COLOURED or _has_long_line(code):
        return escape(code)
    try:
        return _coloured(code, get_lexer_by_name(alias))
    except (ClassNotFound, RecursionError):
        return escape(code)


def _has_long_line(code: str) -> bool:
    return any(len(line) > LONGEST_LINE for line in code.split("\n"))


def _coloured(code: str, lexer: Lexer) -> str:
    parts: list[str] = []
    done = 0
    ends = monotonic() + LONGEST
    run, run_class = "", ""
    for start, token, value in lexer.get_tokens_unprocessed(code):
        if start != done or monotonic() > ends:
            break  # a lexer that leaves out, repeats or hangs: the rest is plain
        done += len(value)
        name = _class_of(token)
        if name != run_class and value:
            parts.append(_span(run, run_class))
            run, run_class = "", name
        run += value
    parts += _span(run, run_class), escape(code[done:])
    return "".join(parts)


def _span(text: str, name: str) -> str:
    return f'<span class="{name}">{escape(text)}</span>' if name else escape(text)


@cache
def _class_of(token: _TokenType) -> str:
    for kind in reversed(token.split()):
        if kind in STANDARD_TYPES:
            name = STANDARD_TYPES[kind]
            return name if name in CLASSES else ""
    return ""
