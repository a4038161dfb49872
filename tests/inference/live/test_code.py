"""Code blocks: language, colours, limits."""

import time

import pytest

from inference.live import code
from inference.live.renderer import render


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("python", "Python"),
        ("PY", "Python"),
        ("js title=x", "JavaScript"),
        ("{.rust}", "Rust"),
        ("c++", "C++"),
        ("our-own", "our-own"),
        ("text", ""),
        ("Plaintext", ""),
        ("", ""),
        ('"onclick=x', ""),
        ("x" * 30, ""),
    ],
)
def test_language(info: str, name: str) -> None:
    assert code.language_of(info)[0] == name


def test_a_block_is_named_and_has_a_button() -> None:
    shown = render("```py\nx\n```", "m1")

    assert shown.startswith('<figure class="code"><figcaption class="line">Python<button')
    assert 'data-copy aria-labelledby="word-copy"' in shown
    assert 'role="group" aria-label="Python"><code>' in shown


def test_a_block_of_an_unknown_language_is_named_by_the_page() -> None:
    assert 'role="group" aria-labelledby="word-code"><code>' in render("```\nx\n```", "m1")


def test_code_keeps_each_space_and_line() -> None:
    assert "<code>\n  a\n\n\tb \n</code>" in render("```\n\n  a\n\n\tb \n\n```", "m1")


def test_colours_leave_the_text_as_it_is() -> None:
    text = 'def f(a: int) -> str:\n    """d < e"""\n    return f"{a}" # & so on\n'

    shown = code.highlight(text, "python")

    assert '<span class="k">def</span> <span class="nf">f</span>' in shown
    assert unspanned(shown) == code.highlight(text, "")


@pytest.mark.parametrize(
    "alias", ["html", "bash", "json", "sql", "diff", "php", "yaml", "c", "make"]
)
def test_no_lexer_loses_text(alias: str) -> None:
    text = "a = 'b' + \"c\"\n\t<d e='f'>$g</d> # h\n-- i \\\n\n{\"j\": [1, null]}\x0b\u2028k\n  "

    assert unspanned(code.highlight(text, alias)) == code.highlight(text, "")


def unspanned(html: str) -> str:
    for name in code.CLASSES:
        html = html.replace(f'<span class="{name}">', "")
    return html.replace("</span>", "")


def test_very_long_code_is_plain() -> None:
    assert "<span" not in code.highlight("x = 1\n" * 20_000, "python")


@pytest.mark.parametrize("signs", ["(" * 8_000, "((((\u2028" * 1_600])
def test_a_line_that_would_hold_up_everything_is_plain(signs: str) -> None:
    began = time.process_time()
    assert code.highlight(f"a\n{signs}\nb", "html+ng2") == f"a\n{signs}\nb"
    assert time.process_time() - began < 0.5


def test_what_takes_too_long_to_colour_stays_plain_from_there(monkeypatch) -> None:
    monkeypatch.setattr(code, "LONGEST", -1)

    assert code.highlight("x = None", "python") == "x = None"


def test_code_without_end_has_colours_once_it_is_stored() -> None:
    assert '<span class="k">return</span>' in render("```py\nreturn", "m1")
