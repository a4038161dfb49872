"""Style sheets that stay quick in pages of many thousand elements."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
SHEETS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.glob("**/css/*.css"))


def selectors(sheet: str) -> Iterator[str]:
    """What stands before each brace, and what stands in parentheses there apart from it."""
    plain = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    for prelude in re.findall(r"([^{};]+)\{", plain):
        if prelude.lstrip().startswith("@"):
            continue
        rest = prelude
        while inner := re.search(r"\(([^()]*)\)", rest):
            yield inner[1]
            rest = rest[: inner.start()] + rest[inner.end() :]
        yield rest


def loose(sheet: str) -> list[str]:
    """The selectors with a sibling before `+` or `~` that has no class, attribute or id."""
    return [
        found.strip()
        for found in selectors(sheet)
        for sibling in re.findall(r"(\S+)\s*[+~]", found)
        if not re.search(r"[.#\[&]", sibling)
    ]


@pytest.mark.parametrize("name", SHEETS)
def test_only_named_elements_style_their_next_siblings(name):
    # Each swap of htmx puts an element of its own after the body for a moment. Browsers then style
    # all below it anew that `* + *` or `li + li` may mean, in a long answer for a second or more.
    assert loose((STATIC / name).read_text()) == []


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_running_answer_changes_is_named(name):
    # Else all elements in the answer are styled anew when the attribute goes, at its end.
    found = selectors((STATIC / name).read_text())
    changed = re.findall(r"\[aria-busy[^\]]*\] ([^,]+)", "\n".join(found))
    assert [each for each in changed if not re.search(r"[.#\[]", each.split()[-1])] == []


@pytest.mark.parametrize("name", SHEETS)
def test_no_look_into_something_styles_all_lines_or_cells_below_it(name):
    # What stands in an answer by the thousand would be styled anew at each change of the page, or
    # look each by itself.
    many = r":has\([^{};]*\) (?:> )?(?:\.line\b|(?::is\()?t[dh]\b)"
    assert re.findall(many, (STATIC / name).read_text()) == []


def test_finds_what_the_rule_is_about():
    assert loose(":is(.a, .b) > * + * { } li + li { } .a + * { } b { c: calc(1 + 2) }") == [
        ":is > * + *",
        "li + li",
    ]
