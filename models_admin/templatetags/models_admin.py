"""What the pages of models share."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.template import RequestContext

from models_admin import figures
from models_admin import sections as all_sections
from models_admin.board.rows import Copy

register = template.Library()
register.filter("size", figures.size)
register.filter("tokens", figures.tokens)
register.filter("ability", figures.ability)


@register.inclusion_tag("models_admin/_sections.html", takes_context=True)
def sections(context: RequestContext) -> dict[str, Any]:
    """The links between the pages of models."""
    request: Any = context["request"]
    return {"links": all_sections.links(request.user, request.path)}


@register.filter
def abilities(names: Iterable[str]) -> str:
    """What a model can do, in a row."""
    return ", ".join(map(figures.ability, names))


@register.filter
def stays(copy: Copy, now: datetime) -> bool:
    """Whether a loaded model is kept until somebody unloads it."""
    return copy.stays(now)
