"""Parts of templates that are rendered once for each language."""

from django.template import Context, Template
from django.utils.translation import override


def test_renders_once_for_each_language() -> None:
    part = Template("{% load i18n kept %}{% kept %}{% translate 'Message' %}{% endkept %}")
    with override("de"):
        assert part.render(Context()) == "Nachricht"
    with override("en"):
        assert part.render(Context()) == "Message"
    kept = next(node for node in part.nodelist if type(node).__name__ == "Kept")
    kept.nodelist.clear()  # type: ignore[attr-defined]
    with override("de"):
        assert part.render(Context()) == "Nachricht"


def test_keeps_nothing_of_whom_it_was_rendered_for() -> None:
    part = Template("{% load kept %}{% kept %}[{{ name }}]{% endkept %}{{ name }}")
    assert part.render(Context({"name": "Ann"})) == "[]Ann"
    assert part.render(Context({"name": "Bob"})) == "[]Bob"
