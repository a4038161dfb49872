"""What Markdown becomes."""

import re

import pytest

from inference.live.renderer import render


def html(text: str) -> str:
    return render(text, "m1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a* **b** ~~c~~", "<em>a</em> <strong>b</strong> <del>c</del>"),
        ("`a < b`", '<code dir="ltr">a &lt; b</code>'),
        ("a  \nb", "a<br>b"),
        ("a<br/>b", "a<br>b"),
        ("a <b>b</b>", "a &lt;b&gt;b&lt;/b&gt;"),
        ("&amp; &lt;", "&amp; &lt;"),
        ("a\0b", "ab"),
        ("\ud83d", "\N{REPLACEMENT CHARACTER}"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("costs $5, then $6.", "costs $5, then $6."),
    ],
)
def test_paragraphs(text: str, expected: str) -> None:
    assert html(text) == f'<p dir="auto">{expected}</p>'


def test_headings_go_down_by_one_step_at_a_time() -> None:
    levels = [
        part[0] for part in html("### a\n##### b\n##### c\n###### d\n## e\n# f").split("<h")[1:]
    ]

    assert "".join(levels) == "233422"


def test_headings_go_down_as_far_as_they_have_a_look() -> None:
    shown = html("# a\n## b\n### c\n#### d\n##### e\n## f")

    assert re.findall(r"<h(\d)[^>]*>(\w)", shown) == [
        ("2", "a"),
        ("3", "b"),
        ("4", "c"),
        ("4", "d"),
        ("4", "e"),
        ("3", "f"),
    ]


def test_every_block_says_which_way_it_runs() -> None:
    shown = html("# a\n\n- b\n\n| c |\n|---|\n| d |\n\n```\ne\n```")

    for tag in ("<h2", "<li", '<th dir="auto" scope="col"', "<td"):
        assert f'{tag.split()[0]} dir="auto"' in shown
    assert '<pre dir="ltr"' in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n- b", '<ul><li dir="auto">a</li><li dir="auto">b</li></ul>'),
        ("3. a", '<ol start="3"><li dir="auto">a</li></ol>'),
        ("1. a", '<ol><li dir="auto">a</li></ol>'),
        ("- a\n\n- b", '<ul><li dir="auto"><p dir="auto">a</p></li>'),
        ("> a", '<blockquote><p dir="auto">a</p></blockquote>'),
        ("***", "<hr>"),
    ],
)
def test_blocks(text: str, expected: str) -> None:
    assert html(text).startswith(expected)


def test_task_lists_have_boxes_that_nobody_can_tick() -> None:
    shown = html("- [ ] a\n- [x] b")

    assert shown.count('<input type="checkbox"') == 2
    assert shown.count('disabled=""') == 2
    assert shown.count('checked=""') == 1
    assert 'aria-labelledby="word-done"' in shown


def test_tables_scroll_and_put_numbers_at_the_end() -> None:
    assert html("| a | b |\n|---|--:|\n| c | 1 |") == (
        '<div class="scroll" role="group" tabindex="0" aria-labelledby="word-table"><table>'
        '<thead><tr><th dir="auto" scope="col">a</th>'
        '<th dir="auto" scope="col" class="num">b</th></tr></thead>'
        '<tbody><tr><td dir="auto">c</td><td dir="auto" class="num">1</td></tr></tbody>'
        "</table></div>"
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[a](https://e.example/?b=c&d)", "https://e.example/?b=c&amp;d"),
        ("[a](HTTP://e.example)", "HTTP://e.example"),
        ("<https://e.example/>", "https://e.example/"),
        ("<ann@e.example>", "mailto:ann@e.example"),
        ("[a]\n\n[a]: mailto:ann@e.example", "mailto:ann@e.example"),
        ("[a](<https://e.example/b c>)", "https://e.example/b%20c"),
        ("[a](https://e.example/é)", "https://e.example/é"),
    ],
)
def test_links(text: str, address: str) -> None:
    assert f'<a href="{address}" rel="noopener noreferrer">' in html(text)


@pytest.mark.parametrize("address", ["/sign-out/", "x.md", "//e.example", "ftp://e.example", "#a"])
def test_other_links_are_text(address: str) -> None:
    assert html(f"[*a*]({address})") == '<p dir="auto"><em>a</em></p>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![*a* b](https://e.example/c.png)", ">a b</a>"),
        ("![](https://e.example/c.png)", ">https://e.example/c.png</a>"),
        ("![a $x$ `b`](https://e.example/c.png)", ">a x b</a>"),
    ],
)
def test_images_become_links_with_their_words(text: str, expected: str) -> None:
    shown = html(text)

    assert shown.startswith('<p dir="auto"><a href="https://e.example/c.png"')
    assert expected in shown


def test_an_image_in_a_link_leaves_its_words() -> None:
    shown = html("[![a](https://e.example/b.png)](https://e.example/)")

    assert shown == '<p dir="auto"><a href="https://e.example/" rel="noopener noreferrer">a</a></p>'


def test_footnotes_are_numbered_as_they_are_named_and_their_ids_are_of_the_message() -> None:
    shown = html("a[^z] b[^a] c[^z]\n\n[^a]: A\n\n[^z]: Z")

    assert (
        '<a id="fr-m1-1" href="#fn-m1-1" role="doc-noteref" rel="noopener noreferrer">1</a>'
        in shown
    )
    assert shown.count('id="fr-m1-1"') == 1
    assert shown.index('id="fn-m1-2"') < shown.index('id="fn-m1-1"')
    assert '<a href="#fr-m1-2" role="doc-backlink" rel="noopener noreferrer">2</a>' in shown


def test_a_deep_nest_stops_nesting() -> None:
    shown = html("> " * 500 + "a")

    assert shown.count("<blockquote>") < 50
    assert "a</p>" in shown or "a</blockquote>" in shown


def test_the_outline_and_the_notes_go_on_in_lists_and_quotations() -> None:
    assert "<h3" in html("# a\n\n> ## b")
