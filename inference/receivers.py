"""What happens elsewhere and ends runs and jobs here."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import person_deactivated
from inference.models import Run


@receiver(person_deactivated)
def stop_runs(*, person: Person, **_: Any) -> None:
    """Who was deactivated leaves the line, and what runs for them is stopped."""

    def stop() -> None:
        for run in Run.objects.open().filter(person=person):
            run.request_stop()

    # One transaction each: holding several rows here while a worker saves them all in another
    # order would lock both.
    transaction.on_commit(stop)
