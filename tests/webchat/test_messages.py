import re
from pathlib import Path

import pytest

from tools import messages

LANGUAGES = messages.languages()
# What stands for a value, and markup that the translation has to keep.
KEPT = re.compile(r"%\(\w+\)[sd]|<[^>]+>")


@pytest.fixture(scope="module")
def template():
    return messages.template()


def kept(text: str) -> list[str]:
    return sorted(KEPT.findall(text))


def test_german_is_one_of_the_languages():
    assert "de" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_has_the_texts_of_the_code(language, template):
    """Otherwise: `make messages`, then translate what is new."""
    stored = {(each.id, each.context) for each in messages.read(language)}
    assert stored == {(each.id, each.context) for each in template}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    catalog = messages.read(language)
    assert [each.id for each in catalog if not messages.is_translated(each)] == []
    assert [each.id for each in catalog if each.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_all_forms_of_a_plural(language):
    catalog = messages.read(language)
    plurals = [each for each in catalog if each.pluralizable]
    assert plurals
    assert {len(each.string) for each in plurals} == {catalog.num_plurals}


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_values_and_markup(language):
    differing = [
        (form, translation)
        for message in messages.read(language)
        if message.id
        for form in messages.forms(message.id)[-1:]
        for translation in messages.forms(message.string)
        if kept(translation) != kept(form)
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_begin_and_end_as_the_text_does(language):
    """Texts are put together from several: a full stop or a space too many would show."""
    marks = ".:;, \n。：；、"
    differing = [
        (form, translation)
        for message in messages.read(language)
        if message.id
        for form in messages.forms(message.id)[:1]
        for translation in messages.forms(message.string)
        if translation != translation.strip() or (form[-1] in marks) != (translation[-1] in marks)
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalog_is_that_of_the_text(language):
    """Otherwise: `make messages`. Nobody needs GNU gettext for either."""
    compiled = messages.path_of(language).with_suffix(".mo").read_bytes()
    assert compiled == messages.compiled(messages.read(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_writing_a_catalog_again_changes_nothing(language):
    stored = messages.path_of(language).read_bytes()
    assert messages.written(messages.read(language)) == stored


def found_in(folder: Path, name: str, source: str) -> list[tuple]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    return [(each.id, each.context) for each in messages.template(folder) if each.id]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('_("Plain")', "Plain"),
        ('_("In "\n  "two lines")', "In two lines"),
        ('WORDS = {"a": gettext_noop("Later")}', "Later"),
        ('ngettext("%(n)s one", "%(n)s many", n) % {"n": f(n)}', ("%(n)s one", "%(n)s many")),
        ('_("Outer %(a)s") % {"a": _("inner")}', "Outer %(a)s"),
    ],
)
def test_texts_are_found_in_code(tmp_path, source, text):
    assert (text, None) in found_in(tmp_path, "chat/example.py", source)


def test_a_context_is_found_in_code(tmp_path):
    assert found_in(tmp_path, "chat/a.py", 'pgettext("theme", "Light")') == [("Light", "theme")]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('<p>\n  {% translate "Plain" %}</p>', "Plain"),
        ('<p title="{% translate "Within" %}">it’s "quoted"</p>', "Within"),
        ('{% translate "Kept" as kept %}', "Kept"),
        ("{% blocktranslate with a=b.c %}Of {{ a }}{% endblocktranslate %}", "Of %(a)s"),
        (
            "{% blocktranslate trimmed %}\n Two\n  lines\n{% endblocktranslate %}",
            "Two lines",
        ),
        (
            "{% blocktranslate count n=n %}1 {{ a }}{% plural %}{{ n }}{% endblocktranslate %}",
            ("1 %(a)s", "%(n)s"),
        ),
        ('{{ value|default:_("Nothing") }}', "Nothing"),
    ],
)
def test_texts_are_found_in_templates(tmp_path, source, text):
    assert found_in(tmp_path, "templates/example.html", source) == [(text, None)]


def test_a_new_language_begins_with_all_texts_untranslated(template):
    catalog = messages.read("it")
    messages.update(catalog)
    assert len(catalog) == len(template)
    assert not any(messages.is_translated(each) for each in catalog if each.id)


def test_a_text_that_is_gone_is_dropped():
    catalog = messages.read("de")
    catalog.add("Nobody says this any more", "Das sagt niemand mehr")
    messages.update(catalog)
    assert b"Nobody says" not in messages.written(catalog)
