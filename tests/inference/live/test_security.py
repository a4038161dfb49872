"""Whatever a model writes, nothing of it runs, asks, or takes the look of the page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.live.cleaning import clean
from inference.live.renderer import render
from tests.inference.live.markup import faults
from tests.inference.live.page import Page, answer
from tests.inference.live.payloads import MATHS, PAYLOADS, RAW_HTML
from tests.inference.live.texts import texts

# Where a payload may stand.
PLACES = [
    "{}",
    "Words before {} and after",
    "- {}",
    "> {}",
    "| {} |\n|---|\n| {} |",
    "# {}",
    "*{}*",
    "[{}](https://e.example/)",
    "[x](https://e.example/ '{}')",
    "![{}](https://e.example/)",
    "a[^1]\n\n[^1]: {}",
    "```{}\nx\n```",
    "```html\n{}\n```",
    "`{}`",
    "\\(\\text{{{}}}\\)",
    "$${}$$",
    "[x]: https://e.example/ '{}'\n\n[x]",
    "<div>\n{}\n</div>\n\n{}",
]


def test_there_are_payloads_enough() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("place", PLACES)
def test_stored(place: str) -> None:
    for payload in PAYLOADS:
        text = place.replace("{{", "{").replace("}}", "}").replace("{}", payload)
        assert faults(render(text, "a1")) == [], payload


@pytest.mark.parametrize("size", [1, 7])
def test_live_cut_anywhere(size: int) -> None:
    for payload in PAYLOADS:
        live, page = answer(), Page()
        for start in range(0, len(payload), size):
            live.feed(payload[start : start + size], payload[start : start + size])
            frame = live.frame()
            assert frame is not None
            page.apply(frame)
            assert faults(page.text.closed + page.text.open) == [], payload
            assert faults(page.thinking.closed + page.thinking.open) == [], payload


@given(st.lists(st.one_of(texts, st.sampled_from(PAYLOADS)), max_size=5).map("".join))
@settings(max_examples=300)
def test_in_any_company(text: str) -> None:
    assert faults(render(text, "a1")) == []


@pytest.mark.parametrize("payload", [*RAW_HTML, *MATHS])
def test_the_wall_behind_the_writer_stops_markup_that_slips_through(payload: str) -> None:
    inner = payload.strip("$").replace(r"\text{", "")

    for ids in (False, True):
        found = faults(clean(f"<p>{inner}</p><math><mtext>{inner}</mtext></math>", ids=ids))
        assert [fault for fault in found if not fault.startswith(("</", "not closed"))] == []


def test_the_wall_drops_foreign_ids_classes_and_links() -> None:
    html = (
        '<div id="composer" class="toast scroll"></div><a id="fn-x" href="/sign-out/">a</a>'
        '<a id="fn-a1-1" href="#fr-a1-1">b</a><span class="toast k">c</span>'
        '<math href="https://e.example/" class="k" style="color:red"><mi id="x">d</mi></math>'
        '<a href="ftp://e.example/">e</a>'
    )

    assert clean(html, ids=True) == (
        '<div class="scroll"></div><a rel="noopener noreferrer">a</a>'
        '<a id="fn-a1-1" href="#fr-a1-1" rel="noopener noreferrer">b</a><span class="k">c</span>'
        '<math><mi>d</mi></math><a rel="noopener noreferrer">e</a>'
    )


def test_payloads_are_still_there_to_be_read() -> None:
    shown = render("<script>pwned()</script>", "a1")

    assert shown == '<p dir="auto">&lt;script&gt;pwned()&lt;/script&gt;</p>'
