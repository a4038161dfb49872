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
    text = TEXTS[name]
    live = answer()
    started = time.process_time()

    for start in range(0, len(text), 4_000):
        live.feed("", text[start : start + 4_000])
        live.frame()

    assert time.process_time() - started < MOST_SECONDS


def test_code_of_100_kb_costs_what_is_new() -> None:
    live = answer()
    live.feed("", "```python\n" + "f(1, 'a')\n" * 10_000)
    live.frame()
    sizes = []
    for _ in range(20):
        live.feed("", "f(2)\n")
        sizes.append(len(live.frame() or ""))

    assert max(sizes) < 400
