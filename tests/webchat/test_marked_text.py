"""No text that people see may stand in the code without being marked for translation."""

import ast
import re

import pytest

from tests.visible_words import words_of
from tools.messages import CODE, ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = [
    path
    for folder in CODE
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
SCRIPTS = sorted((ROOT / "static").glob("**/js/*.js"))
STYLES = sorted((ROOT / "static").glob("**/css/*.css"))

TAGS = re.compile(
    r"{#.*?#}|{% blocktranslate.*?endblocktranslate %}|{% block \w+_class.*?endblock %}"
    r"|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
# What takes words for people, and the arguments that it takes them by.
TAKES_WORDS = {
    *("ValidationError", "State", "add_error", "success", "toast_part", "refuse", "PromptRefused"),
    *("FolderRefused", "NotReadable", "NoServer", "Sentence"),
}
NAMES_OF_WORDS = {"help_text", "label", "verbose_name", "verbose_name_plural"}
SHOWN_BY_SCRIPT = re.compile(
    r"""(?:\.(?:ariaLabel|innerHTML|innerText|placeholder|textContent|title)\s*\+?=\s*"""
    r"""|\b(?:alert|confirm|prompt|Notification)\()["'`][^"'`]*\p""".replace(r"\p", "[A-Za-z]")
)


def relative(path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_the_words_of_a_template_are_marked(path):
    assert words_of(TAGS.sub("", path.read_text())) == []


def test_unmarked_words_of_a_template_are_noticed():
    source = '<p title="A hint">{% translate "Marked" %} and not<b>{{ value }}</b></p>'
    assert words_of(TAGS.sub("", source)) == ["A hint", "and not"]


def unmarked(source: str) -> list[str]:
    """Sentences in code that go to people as they are."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = getattr(function, "attr", getattr(function, "id", ""))
        given = [each.value for each in node.keywords if each.arg in NAMES_OF_WORDS]
        if name in TAKES_WORDS:
            given += node.args
        found += [ast.unparse(each) for each in given if _has_words(each)]
    return found


def _has_words(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(_has_words(each) for each in node.values)
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and bool(re.search("[A-Z]| [a-z]", text))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_the_words_that_code_gives_to_people_are_marked(path):
    assert unmarked(path.read_text()) == []


def test_unmarked_words_in_code_are_noticed():
    source = 'add_error(None, f"Try again in {n} s"); CharField(label="Name"); State(_("Marked"))'
    assert len(unmarked(source)) == 2


@pytest.mark.parametrize("path", SCRIPTS, ids=relative)
def test_scripts_hold_no_words(path):
    assert SHOWN_BY_SCRIPT.findall(path.read_text()) == []


@pytest.mark.parametrize("path", STYLES, ids=relative)
def test_styles_hold_no_words(path):
    assert re.findall(r'content:\s*"[^"]*[A-Za-z]', path.read_text()) == []
