r"""Formulas in `$`, `$$`, `\(` and `\[` become MathML, whatever Markdown sees in them."""

import pytest

from inference.live import formulas, mathml, writer
from inference.live.renderer import render


def html(text: str) -> str:
    return render(text, "m1")


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("$x$", "inline"),
        (r"\(x\)", "inline"),
        ("$$x$$", "block"),
        (r"\[x\]", "block"),
        ("$$\nx\n$$", "block"),
        ("\\[\n  x\n\\]", "block"),
    ],
)
def test_delimiters(text: str, display: str) -> None:
    assert html(text) == (
        f'<p dir="auto"><math display="{display}"><mrow><mi>x</mi></mrow></math></p>'
    )


@pytest.mark.parametrize("inside", ["a\n- b", "a\n= b", "a\n+ b\n# c", "a_b * c_d * e", "a \\\\ b"])
def test_markdown_does_not_reach_into_formulas(inside: str) -> None:
    shown = html(f"\\[\n{inside}\n\\]")

    assert shown.startswith('<p dir="auto"><math')
    assert shown.endswith("</math></p>")


def test_formulas_stand_in_lists_tables_and_quotations() -> None:
    assert html("1. a:\n   \\[\n   x\n   - y\n   \\]\n2. b").count("<math") == 1
    assert html("| \\(a\\) | b |\n|---|---|\n| c | \\(d\\) |").count("<math") == 2
    assert html("> \\[\n> x\n> \\]").count("<mo>") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"`\(x\)`", r'<code dir="ltr">\(x\)</code>'),
        ("```\n\\[\nx\n\\]\n```", "<code>\\[\nx\n\\]</code>"),
        ("    \\(x\\)", r"<code>\(x\)</code>"),
        (r"`` ` \(x\) ``", r'<code dir="ltr">` \(x\)</code>'),
    ],
)
def test_code_is_left_alone(text: str, expected: str) -> None:
    assert expected in html(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\\(x\\)", r"\(x\)"),
        (r"\(x", "(x"),
        (r"\(\)", "()"),
        ("\\(a\n\nb\\)", '(a</p><p dir="auto">b)'),
    ],
)
def test_what_is_no_formula_stays_text(text: str, expected: str) -> None:
    assert html(text) == f'<p dir="auto">{expected}</p>'


def test_a_link_may_hold_what_looks_like_a_formula() -> None:
    assert '"https://e.example/a_(b)"' in html(r"[a](https://e.example/a_\(b\))")


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{a}",
        "x^2^3",
        "x" * (mathml.LONGEST + 1),
        "{" * 900 + "}" * 900,
        r"\sqrt{" * 60 + "x" + "}" * 60,
        r"\newcommand{\a}{xx}\a",
        r"\def\a{\b\b}\a",
    ],
)
def test_what_is_not_understood_is_shown_as_it_was_written(latex: str) -> None:
    assert html(rf"\({latex}\)") == f'<p dir="auto"><code dir="ltr">\\({latex}\\)</code></p>'


@pytest.mark.parametrize(
    "latex",
    [r"\frac{s}{\sqrt{n}}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\int_0^\infty e^{-x}"],
)
def test_the_usual_is_understood(latex: str) -> None:
    shown = mathml.mathml(latex, display=True)

    assert shown is not None
    assert "&amp;" not in shown


@pytest.mark.parametrize("latex", [r"\hspace{-500em}x", r"\raise{90em}{x}", r"\rule{500em}{9em}"])
def test_no_formula_reaches_out_of_its_place(latex: str) -> None:
    shown = mathml.mathml(latex, display=False)

    assert shown is None or "00em" not in shown.replace("90em", "00em")


def test_formulas_beyond_the_most_are_shown_as_they_were_written(monkeypatch) -> None:
    monkeypatch.setattr(writer, "MOST_FORMULAS", 1)

    shown = html("$a$ and $b$")

    assert shown.count("<math") == 1
    assert '<code dir="ltr">$b$</code>' in shown


def test_formulas_beyond_what_can_be_counted_are_text() -> None:
    shown = html("\\(x\\) " * (formulas.MOST + 1))

    assert shown.count("<math") == formulas.MOST
    assert shown.endswith("</math> (x)</p>")
