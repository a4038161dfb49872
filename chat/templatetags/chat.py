"""What every page's frame needs: icons, the list of conversations, notices."""

from functools import cache
from typing import Any

from django import template
from django.template import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chat import sidebar as sidebars
from chat.exporting import styles as export_styles
from inference.status import practice_notice

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, kind: str = "") -> SafeString:
    """A drawing of the family in _icons.html; `kind` adds classes."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="#icon-{}"></use></svg>',
        f" {kind}" if kind else "",
        name,
    )


@register.inclusion_tag("chat/_sidebar.html", takes_context=True)
def sidebar(context: RequestContext) -> dict[str, Any]:
    """The list of conversations, and the person's menu."""
    request: Any = context.request
    return {
        "list": sidebars.of(request),
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }


@register.inclusion_tag("chat/_notices.html", takes_context=True)
def notices(context: RequestContext) -> dict[str, Any]:
    """Strips under the bar: the practice server, and a connection that was lost."""
    return {
        "practice": practice_notice(),
        "user": context["request"].user,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def export_style() -> SafeString:
    """The style of a conversation in a file of its own."""
    return export_styles.style()
