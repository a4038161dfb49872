"""What the pages of models share."""

from typing import Any

from django import template
from django.template import RequestContext

from models_admin import sections as all_sections

register = template.Library()


@register.inclusion_tag("models_admin/_sections.html", takes_context=True)
def sections(context: RequestContext) -> dict[str, Any]:
    """The links between the pages of models."""
    request: Any = context["request"]
    return {"links": all_sections.links(request.user, request.path)}
