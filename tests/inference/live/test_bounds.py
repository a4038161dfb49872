"""Texts made to be slow are not: time is bounded by a multiple of what it takes to read them."""

import time

import pytest

from inference.live.renderer import render
from tests.inference.live.markup import faults
from tests.inference.live.page import answer

# Seconds of processor time, many times what is needed, so that a slow machine passes too.
MOST_SECONDS = 3.0

TEXTS = {
    "quotations": ">" * 10_000 + "a",
    "brackets": "[" * 10_000,
    "images": "![" * 10_000,
    "stars": "*" * 10_000 + "a" + "*" * 10_000,
    "emphasis": "*a _b " * 10_000,
    "backticks": "".join("`" * n + " " for n in range(1, 500)),
    "a line of 1 MB": "word " * 200_000,
    "20,000 lines": "line\n" * 20_000,
    "20,000 paragraphs": "line\n\n" * 20_000,
    "500 columns": "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "x\n" * 300,
    "cells made up": "|" + "a|" * 5_000 + "\n|" + "-|" * 5_000 + "\n" + "x\n" * 5_000,
    "more made up": "|" + "a|" * 20_000 + "\n|" + "-|" * 20_000 + "\n" + "x\n" * 20_000,
    "1 MB of emphasis": "a*" * 500_000,
    "lists in quotations": "> - " * 5_000 + "a",
    "definitions": "[^1]: " * 10_000,
    "tasks": "- [ ] a\n" * 20_000,
    "lists": "".join("  " * n + "- a\n" for n in range(300)),
    "links": "[a](" * 10_000,
    "dollars": "$a" * 20_000,
    "openers": "\\(" * 20_000 + "`" * 20_000 + "\\[" * 20_000,
    "formulas": "".join(f"$x_{{{n}}}$ " for n in range(3_000)),
    "long formulas": f"${'a' * 1_990}$ " * 40,
    "html": "<a " * 20_000,
    "comments": "<!-- " * 20_000,
    "references": "[a]: b\n" * 5_000 + "[a]" * 5_000,
    "footnotes": "".join(f"[^{n}]: a[^{n}]\n\n" for n in range(2_000)),
    "entities": "&" * 50_000,
    "fences": "```\n" * 10_001,
    "code": "```python\n" + "f(1, 'a')\n" * 10_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_stored(name: str) -> None:
    started = time.process_time()

    html = render(TEXTS[name], "a1")

    assert time.process_time() - started < MOST_SECONDS
    assert len(html) < 4_000_000
    assert faults(html) == []


@pytest.mark.parametrize("name", ["quotations", "openers", "fences", "footnotes", "backticks"])
def test_live(name: str) -> None:
    assert sum(frames(TEXTS[name], size=4_000)) < MOST_SECONDS


# Where frames take long they follow less often, but each of them holds up all other answers.
@pytest.mark.parametrize("name", ["cells made up", "more made up", "1 MB of emphasis", "tasks"])
def test_no_frame_takes_long(name: str) -> None:
    text = TEXTS[name]

    assert max(frames(text, size=len(text) // 3)) < MOST_SECONDS / 2


def frames(text: str, *, size: int) -> list[float]:
    """Feeds a text in pieces of so many characters; the seconds that each frame took."""
    live = answer()
    seconds = []
    for start in range(0, len(text), size):
        live.feed("", text[start : start + size])
        started = time.process_time()
        live.frame()
        seconds.append(time.process_time() - started)
    return seconds


def test_what_is_too_much_to_be_rendered_stands_there_as_it_was_written() -> None:
    text = f"First.\n\n{TEXTS['1 MB of emphasis']}\n<b>last</b>"

    html = render(text, "a1")

    assert html.startswith('<p dir="auto">First.</p>')
    assert html.endswith("a*a*<br>&lt;b&gt;last&lt;/b&gt;</p>")
    assert len(html) < len(text) + 200


def test_code_of_100_kb_costs_what_is_new() -> None:
    live = answer()
    live.feed("", "```python\n" + "f(1, 'a')\n" * 10_000)
    live.frame()
    sizes = []
    for _ in range(20):
        live.feed("", "f(2)\n")
        sizes.append(len(live.frame() or ""))

    assert max(sizes) < 400
