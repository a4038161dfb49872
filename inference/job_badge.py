"""The number of running jobs, which stands on every page of those who manage models."""

from accounts.closing import person_group
from accounts.models import Person
from inference import wakeups

HINT = {"kind": "jobs"}


def tell() -> None:
    """Has those pages count again. Sync, in a database thread."""
    managers = Person.objects.filter(
        is_active=True, role__in=(Person.Role.MODEL_MANAGER, Person.Role.ADMINISTRATOR)
    )
    for pk in managers.values_list("pk", flat=True):
        wakeups.show(person_group(pk), HINT)
