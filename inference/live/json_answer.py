"""An answer that is JSON: code while it is written, a tree once it is whole."""

import re

from inference.live import json_tree, renderer

# Before the text of an answer that grows, so that it is shown as code. JSON escapes its line ends:
# no line of it can end the block.
FENCE = "```json\n"
_TICKS = re.compile("`{3,}")


def render(text: str, prefix: str) -> str:
    """The HTML of a finished answer: a tree, or code where it is cut off or something else."""
    try:
        return json_tree.tree(text)
    except json_tree.NoJson:
        return as_code(text, prefix)


def is_tree(html: str) -> bool:
    """Whether `render` found whole JSON."""
    return html.startswith('<div class="tree">')


def as_code(text: str, prefix: str) -> str:
    """The text as a block of code, whatever it holds."""
    if not text.strip():
        return ""
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return renderer.render(f"{fence}json\n{text}\n{fence}\n", prefix)
