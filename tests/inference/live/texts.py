"""Markdown texts for hypothesis: lines that meet in ways in which they mean something else."""

from hypothesis import strategies as st

# fmt: off
LINES = [
    "a", "b *c* d", "**x", "", "", "", "- a", "- b", "  - c", "    d", "1. a", "2. b", "10) x",
    "   para", "> q", "> - z", ">", "```", "```py", "~~~", "    code", "\tcode", "| a | b |",
    "|---|--:|", "| 1 | 2", "===", "---", "***", "# h", "## h2", "###", "<div>", "</div>",
    "<!-- c", "-->", "<b>x</b>", "\\[", "\\]", "\\( x \\)", "\\[ a + b \\]", "$$", "$$ x $$",
    "$y$", "- \\[", "  \\]", "   ```", "  ```js", "- ```", "> ```", "*  ", "+ x", "  ", "   ",
    " ", "\t", "`", "``", "`x", "a  ", "\\", "&amp;", "* * *", "1)", "-", "*", "-\tx",
    "-     code", "é", "=", "[a](http://x", "](", "![", "\u2028", "a\r\nb", "\r", "- [ ] t",
    "- [x]", "x\\(", "\\) y", "\\\\( z", "- $$", "  $$", "> \\[", "> \\]", "<pre>", "<?php", "?>",
    "| x |", "|-|", ":-:|--", "😀 f", "\ud800",
]
# fmt: on

lines = st.lists(st.sampled_from(LINES), min_size=1, max_size=25).map("\n".join)
signs = st.text(alphabet="`~$\\()[]*_>-+#|: \na1.!<x", max_size=80)
texts = st.one_of(lines, signs)


@st.composite
def pieces(draw: st.DrawFn, source: st.SearchStrategy[str] = texts) -> list[str]:
    """A text cut anywhere."""
    text = draw(source)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=30)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
