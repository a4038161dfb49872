"""An answer looks the same while it grows, when a page is opened in the middle, and when stored."""

import re

import pytest
from hypothesis import assume, example, given, settings
from pyromark import Options, reference_definitions

from inference.live import code
from inference.live.live_text import LiveText
from inference.live.plain import plain
from inference.live.renderer import render
from tests.inference.live.page import CODE_END, Prose
from tests.inference.live.payloads import PAYLOADS
from tests.inference.live.texts import pieces

SPAN = re.compile(r"</?span[^>]*>")


def shown(prose: Prose, live: LiveText) -> None:
    """Brings a page up to date."""
    change = live.change()
    prose.closed += change.closed
    if change.open is not None:
        prose.open = change.open
    if change.grown:
        assert prose.open.endswith(CODE_END)
        prose.open = prose.open.removesuffix(CODE_END) + change.grown + CODE_END


def live_of(parts: list[str]) -> tuple[Prose, LiveText]:
    """A page that showed each part as it came."""
    prose, live = Prose(), LiveText("m1")
    for part in parts:
        live.append(part)
        shown(prose, live)
    return prose, live


def defines_links(text: str) -> bool:
    """Whether a line may change what is above it: then the last morph does that."""
    return bool(reference_definitions(plain(text), options=Options.ENABLE_FOOTNOTES))


def inside_of_code(html: str) -> bool:
    return html.endswith((CODE_END, f"{CODE_END}</li></ul>", f"{CODE_END}</blockquote>"))


@given(pieces())
@settings(max_examples=400)
@example(["```py\n> ```\n", "```\n=\n    "])
@example(["   ```\n\tcode", "\n```"])
@example(["> \\[\n<?php\n\\) y\n###\nx\\(\n``", "`\n"])
@example(["$$\n\u2028\n$$\n$$\n", "\u2028\n\u2028\n$$"])
def test_a_page_that_saw_it_grow_shows_what_a_page_that_opens_now_shows(parts: list[str]) -> None:
    text = "".join(parts)
    assume(not defines_links(text))
    prose, live = live_of(parts)

    opened, _ = live_of([text])

    assert (prose.closed, prose.open) == (str(live.closed_html), str(live.open_html))
    assert (prose.closed, prose.open) == (opened.closed, opened.open)


@given(pieces())
@settings(max_examples=400)
@example(["- [x]"])
@example(["<pre>\n\n"])
def test_live_and_stored_html_are_the_same(parts: list[str]) -> None:
    text = "".join(parts) + "\n"  # with its last line complete
    assume(not defines_links(text))

    prose, _ = live_of([*parts, "\n"])

    live, stored = prose.closed + prose.open, render(text, "m1")
    if live != stored:  # only for a code block without end: it has no colours while it may grow
        assert inside_of_code(live)
        assert end_of_code(live) == end_of_code(stored)


def end_of_code(html: str) -> str:
    """Without colours, nor the end of a line that may become the closing fence."""
    return re.sub(rf"[\s`~]*{CODE_END}", "", SPAN.sub("", html))


@pytest.mark.parametrize("size", [1, 3, 50])
def test_frames_of_any_size_lead_to_the_stored_html(size: int) -> None:
    text = "\n\n".join(PAYLOADS[:30]) + "\n\nThe *end*.\n"

    prose, _ = live_of([text[i : i + size] for i in range(0, len(text), size)])

    assert prose.closed + prose.open == render(text, "m1")


def test_what_has_closed_is_not_rendered_again() -> None:
    live = LiveText("m1")
    live.append("*one*\n\n*two*\n\nthr")
    first = live.change()

    live.append("ee")
    second = live.change()

    assert first.closed == '<p dir="auto"><em>one</em></p>'
    assert first.open == '<p dir="auto"><em>two</em></p><p dir="auto">thr</p>'
    assert second.closed == ""
    assert second.open == '<p dir="auto"><em>two</em></p><p dir="auto">three</p>'


def test_a_plain_paragraph_has_closed_at_the_blank_line() -> None:
    live = LiveText("m1")
    live.append("one\n\ntwo\n\n*thr")
    first = live.change()

    live.append("ee*")
    second = live.change()

    assert first.closed == '<p dir="auto">one</p><p dir="auto">two</p>'
    assert first.open == '<p dir="auto">*thr</p>'
    assert second.closed == ""
    assert second.open == '<p dir="auto"><em>three</em></p>'


def test_a_code_block_only_grows_while_it_is_open() -> None:
    _, live = live_of(["```python\nx = "])

    live.append("1 < 2\n  y")
    change = live.change()

    assert change.open is None
    assert change.grown == "1 &lt; 2\n  y"


def test_a_code_block_gets_its_colours_when_it_closes() -> None:
    _, live = live_of(["```python\nx = 1\n"])

    live.append("```\n")
    change = live.change()

    assert '<span class="mi">1</span>' in change.closed
    assert change.open == ""


def test_a_line_that_may_be_the_closing_fence_is_held_back() -> None:
    _, live = live_of(["```\nx\n"])

    live.append("``")
    held = live.change()
    live.append("y")
    told = live.change()

    assert held.grown == ""
    assert told.grown == "\n``y"


def test_a_long_code_block_has_no_colours_until_the_answer_has_ended() -> None:
    block = "```python\n" + "x = 1\n" * (code.MOST_ON_LOOP // 6 + 1) + "```\n"

    prose, _ = live_of([block])

    assert "<span" not in prose.closed
    assert "<span" in render(block, "m1")


def test_a_formula_that_is_not_finished_keeps_what_follows_open() -> None:
    prose, live = live_of(["\\[\na\n- b\n# c\n"])
    assert prose.closed == ""

    live.append("\\]\n\nd\n")
    shown(prose, live)

    assert prose.closed.count("<math") == 1


def test_a_definition_of_a_link_changes_what_is_above_only_when_stored() -> None:
    text = "[a]\n\nb\n\n[a]: https://e.example/\n"

    prose, _ = live_of([text[:8], text[8:]])

    assert prose.closed == '<p dir="auto">[a]</p><p dir="auto">b</p>'
    assert '<a href="https://e.example/"' in render(text, "m1")


def test_a_change_costs_what_is_open_not_the_whole_answer() -> None:
    rendered: list[int] = []
    live = LiveText("m1")
    for number in range(400):
        live.append(f"Paragraph {number} with *some* words.\n\n")
        change = live.change()
        rendered.append(len(change.closed) + len(change.open or ""))

    assert max(rendered) < 150


def test_an_emoji_cut_between_pieces_is_whole() -> None:
    prose, _ = live_of(["\U0001f469", "\u200d", "\U0001f680"])

    assert prose.open == '<p dir="auto">\U0001f469\u200d\U0001f680</p>'


def test_what_is_open_and_too_much_is_rendered_once_it_is_stored() -> None:
    text = "*a* " * 16_000  # four events each
    prose, _ = live_of([text])

    assert prose.open.startswith('<p dir="auto">*a* *a*')
    assert render(text, "m1").startswith('<p dir="auto"><em>a</em> <em>a</em>')


def test_long_code_in_a_list_has_colours_once_it_is_stored() -> None:
    text = "- ```python\n" + "  x = None\n" * (code.MOST_ON_LOOP // 9 + 1) + "  ```\n\nEnd."
    prose, _ = live_of([text])

    assert '<span class="' not in prose.closed + prose.open
    assert '<span class="' in render(text, "m1")


def test_a_line_end_that_is_cut_in_two_is_one() -> None:
    prose, _ = live_of(["a\r", "\nb"])

    assert prose.closed + prose.open == render("a\r\nb", "m1") == '<p dir="auto">a\nb</p>'
