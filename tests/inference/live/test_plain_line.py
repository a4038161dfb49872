"""The quick way gives what the long way gives, or nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inference.live import plain_line
from inference.live.carried import Carried
from inference.live.formulas import source_of
from inference.live.markdown import blocks
from inference.live.plain import plain
from inference.live.renderer import render_blocks

SIGNS = st.sampled_from(" ,.;:?!'\"()/%+=-abcXYZ0189äßÉжقא中한️ªⅣ²")
WORDS = st.sampled_from(
    ["1. ", "12) ", "1.", "http://a.b/c?d=e", "mailto:a", "www.a.b", "a:", ": ", "--", "==", "  "]
)


def long_way(text: str) -> str:
    source = source_of(plain(text))
    return "".join(render_blocks(blocks(source), source, "m1", Carried(), {}, growing=True))


@given(st.lists(SIGNS | WORDS, max_size=30).map("".join))
@settings(max_examples=1500)
@example("123456 234567 ")
@example("A line, then: more (of it) - 5 % = 1/20; isn't it?  ")
def test_is_the_same(text):
    html = plain_line.paragraph(plain(text))
    assert html in (None, long_way(text))


@given(st.lists(SIGNS | WORDS | st.just("\n\n"), max_size=30).map("".join))
@settings(max_examples=1500)
def test_several_are_the_same(text):
    found = plain_line.paragraphs(plain(text))
    assert found is None or "".join(found) == long_way(text)


@given(st.text(max_size=40))
@settings(max_examples=1500)
def test_is_the_same_for_any_text(text):
    html = plain_line.paragraph(plain(text))
    assert html in (None, long_way(text))


@pytest.mark.parametrize("text", ["Plain words.", "123456 234567", "Größe: 5 % (etwa)", "1 of 2"])
def test_takes_what_is_plain(text):
    assert plain_line.paragraph(text) == long_way(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " a", "- a", "1. a", "1)", "a\n", "a\nb", "*a*", "a_b", "_a", "`a`", "<b>", "a & b"),
        *(
            "[a]",
            "# a",
            "> a",
            "$a$",
            "a \\( b",
            "a | b",
            "a\N{NO-BREAK SPACE}b",
            "a\tb",
            "a\ufdd0",
        ),
    ],
)
def test_leaves_alone_what_may_mean_something(text):
    assert plain_line.paragraph(text) is None
