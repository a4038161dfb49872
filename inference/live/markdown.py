"""Markdown's top-level blocks, as the parser's events."""

import re
from dataclasses import dataclass, field
from typing import Any

import pyromark
from pyromark import Options

from inference.live.formulas import Source

_OPTIONS = (
    Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_MATH
)
_PARSER = pyromark.Markdown(options=_OPTIONS)

# Events of a text: 100,000 take some 0.5 s to read and write. A table of n columns and n rows that
# hold one word has n² cells, so a few kB may be hundreds of thousands.
MOST_EVENTS = 600_000

_FENCE = re.compile(rb"`{3,}|~{3,}")

# pyromark's Event, as `match` would be slow here: a str, or a dict with one item.
Event = Any


@dataclass(slots=True)
class Block:
    """A block of the top level. Offsets are bytes; `start` is that of its first line.

    One without events is to be shown as it was written.
    """

    start: int
    end: int = 0
    events: list[tuple[Event, int, int]] = field(default_factory=list)

    @property
    def is_fenced(self) -> bool:
        """Whether it is a code block between fences."""
        first = self.events[0][0] if self.events else ""
        return (
            type(first) is dict
            and type(tag := first.get("Start")) is dict
            and type(tag.get("CodeBlock")) is dict
        )


def blocks(source: Source, most: int = MOST_EVENTS) -> list[Block]:
    """All top-level blocks, in order. Link reference definitions are none.

    From the block on with which they have more than `most` events, all is one without any.
    """
    found = []
    depth = 0
    block = None
    data = source.data
    events = _PARSER.events_with_range(source.text, merge_text=True)
    for count, (event, span) in enumerate(events):
        start = span["start"]
        if block is None:
            # The parser leaves out the indentation, which says how a block is read when it is
            # parsed again on its own.
            block = Block(data.rfind(b"\n", 0, start) + 1)
        if count == most:
            found.append(Block(block.start, len(data)))
            break
        block.events.append((event, start, span["end"]))
        if type(event) is dict:
            if "Start" in event:
                depth += 1
            elif "End" in event:
                depth -= 1
        if depth == 0:
            block.end = span["end"]
            found.append(block)
            block = None
    return found


def is_closed_fence(data: bytes, start: int, end: int, *, nested: bool) -> bool:
    """Whether the fenced code block in these bytes ends with its closing fence.

    For one that is nested in a list or a quotation it is a guess, as their signs may be content.
    """
    opening, _, rest = data[start:end].rstrip(b"\n").partition(b"\n")
    fence = _FENCE.match(opening)
    last = rest.rpartition(b"\n")[2].rstrip(b" \t")
    if nested:
        signs = b" \t>" if b">" in data[data.rfind(b"\n", 0, start) + 1 : start] else b" \t"
        last = last.lstrip(signs)
    elif not last.startswith(b"    "):
        last = last.lstrip(b" ")
    return fence is not None and last.startswith(fence[0]) and not last.strip(fence[0][:1])
