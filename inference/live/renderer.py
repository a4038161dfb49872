"""Markdown from a model → HTML that is safe to show, for stored messages.

    plain text → formulas taken out → Markdown's events → HTML, escaped, coloured, with MathML
               → the cleaning → what holds no character of a model's (copy buttons, cuts)

Raw HTML is text. The same steps, block by block, make the HTML of an answer that still grows
(live_text.py), so that a page looks the same before and after it is reloaded.
"""

from collections.abc import Iterable

from inference.live.carried import Carried
from inference.live.cleaning import clean
from inference.live.formulas import Source, source_of
from inference.live.markdown import Block, blocks
from inference.live.plain import plain
from inference.live.writer import Memo, Writer

# Goes up when the same text gets other HTML: stored HTML of another version is rendered again.
RENDERER_VERSION = 4


def render(text: str, prefix: str) -> str:
    """A whole message as HTML; `prefix` (letters, digits, hyphens) makes its ids unique on a page.

    Takes some 0.3 ms a kB, more with formulas and code: off the event loop, please.
    """
    source = source_of(plain(text))
    return "".join(render_blocks(blocks(source), source, prefix, Carried(), {}, growing=False))


def render_blocks(
    found: Iterable[Block],
    source: Source,
    prefix: str,
    carried: Carried,
    memo: Memo,
    *,
    growing: bool,
) -> Iterable[str]:
    """The clean HTML of each block of a source; `carried` takes along what they leave behind."""
    for block in found:
        writer = Writer(source.data, source.formulas, prefix, carried, memo, growing=growing)
        html = writer.write(block)
        yield carried.cut(clean(html, ids=bool(carried.numbers)))
