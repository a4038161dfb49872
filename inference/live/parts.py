"""Where the HTML of a far too long text is cut, so that a page need not have all of it at once.

The cuts stand between top-level blocks, and are the same ones while a text grows and once it is
stored. So a part is whole elements, and the n-th one of a text stays the n-th.
"""

# An empty comment: the cleaning lets none through, so each is ours. Browsers show nothing of it.
MARK = "<!---->"
# Characters of HTML after which the next block begins another part.
LONG = 64_000


def parts(html: str) -> list[str]:
    """The HTML cut at its marks: a block that is longer by itself stays whole."""
    return html.split(MARK)
