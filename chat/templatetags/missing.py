"""What can be done about a model that is on no server."""

from typing import Any

from django import template
from django.template import RequestContext

from accounts.models import Person
from inference.models import Model

register = template.Library()

MOST_NAMED = 3


@register.inclusion_tag("chat/_missing.html", takes_context=True)
def missing_model(context: RequestContext, name: str) -> dict[str, Any]:
    """To who manages models a link to pull it, to others the people who can; else nothing."""
    person: Any = context.get("user")
    if not name or person is None or Model.objects.runnable().filter(name=name).exists():
        return {}
    if person.manages_models:
        return {"name": name, "may_pull": True}
    return {"name": name, "people": _who_can()}


def _who_can() -> list[str]:
    """Model managers first: it is what they are for."""
    roles = (Person.Role.MODEL_MANAGER, Person.Role.ADMINISTRATOR)
    found: list[Person] = []
    for role in roles:
        found += Person.objects.filter(role=role, is_active=True)[: MOST_NAMED - len(found)]
    return [person.get_short_name() for person in found]
