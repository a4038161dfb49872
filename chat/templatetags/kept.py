"""A part of a template that is rendered once for each language, where people wait for it."""

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class Kept(Node):
    """Holds what its nodes gave, by language: as much memory as the part has letters."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._by_language: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        html = self._by_language.get(language)
        if html is None:
            # Without what the context holds: it must be the same for everybody.
            html = self._by_language[language] = self.nodelist.render(context.new())
        return html


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept %}…{% endkept %}`: nothing in it may depend on anything but the language."""
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodelist)
