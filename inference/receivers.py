"""What happens elsewhere and ends runs and jobs here."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import person_deactivated
from inference.models import Run


@receiver(person_deactivated)
def stop_runs(*, person: Person, **_: Any) -> None:
    """Who was deactivated leaves the line, and what runs for them is stopped."""
    for run in Run.objects.open().filter(person=person):
        run.request_stop()
