"""The HTML of a far too long text is cut between its blocks, live and stored at the same places."""

import pytest

from inference.live import renderer
from inference.live.live_text import LiveText
from inference.live.parts import LONG, MARK, parts
from tests.inference.live.markup import faults

PARAGRAPH = "A plain paragraph of some forty characters.\n\n"
LISTS = "- an item with **some** words\n- and `code`\n\nA word.\n\n"
CODE = "```python\nvalue = compute(1)\n```\n\n"
TEXTS = {
    "plain": PARAGRAPH * 3_000,
    "mixed": (PARAGRAPH * 3 + LISTS + CODE) * 300,
    "code at the cut": PARAGRAPH * 1_020 + CODE * 300,
}


@pytest.mark.parametrize("name", TEXTS)
def test_each_part_is_whole_and_as_long_as_it_is_to_be(name: str) -> None:
    found = parts(renderer.render(TEXTS[name], "a1"))
    assert len(found) > 2
    assert [part for part in found if faults(part)] == []
    assert all(LONG <= len(part) < LONG + 2_000 for part in found[:-1])


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("size", [40_001, 1_000_000])
def test_a_growing_text_is_cut_where_the_stored_one_is(name: str, size: int) -> None:
    live, text = LiveText("a1"), TEXTS[name]
    for start in range(0, len(text), size):
        live.append(text[start : start + size])
        live.change()
    shown = f"{live.closed_html}{live.open_html}"
    assert shown == renderer.render(text, "a1")


@pytest.mark.parametrize("last", ["Plain", "**Bold**", "```\ncode", "- item"])
def test_a_cut_before_the_open_block_is_there_at_once(last: str) -> None:
    live = LiveText("a1")
    live.append(PARAGRAPH * 1_100)
    live.change()
    live._carried.uncut = LONG  # as after a block that just filled the part
    live.append(last)
    live.change()
    assert str(live.open_html).startswith(MARK)


def test_a_block_is_never_cut() -> None:
    assert len(parts(renderer.render("- an item\n" * 20_000, "a1"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{MARK}\n\n{MARK} in a line",
        f"`{MARK}`",
        f"```{MARK}\n{MARK}\n```",
        f"[a](http://b/{MARK}) ![{MARK}](http://b/{MARK} '{MARK}') <http://b/{MARK}>",
        f"| {MARK} |\n|---|\n| {MARK} |",
        f"[^{MARK}]\n\n[^{MARK}]: {MARK}",
        f"$\\text{{{MARK}}}$ \\[{MARK}\\]",
    ],
)
def test_a_model_can_make_no_cut(text: str) -> None:
    assert MARK not in renderer.render(text, "a1")
