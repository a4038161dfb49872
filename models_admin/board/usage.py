"""How much models were used lately, by how many people."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from inference.model_uses import LATELY
from inference.models import Run

# Counting a month of a busy company takes longer than a page may, so it is done every five minutes.
KEPT_S = 300
CACHE_KEY = "models_admin.usage"


@dataclass(frozen=True, slots=True)
class Usage:
    """Answers to people and programs in the last 30 days."""

    runs: int = 0
    people: int = 0


def lately() -> dict[str, Usage]:
    """By the name of the model; those that nobody used are not in it. At most KEPT_S old."""
    counted: dict[str, tuple[int, int]] = cache.get_or_set(CACHE_KEY, _count, KEPT_S) or {}
    return {name: Usage(*counts) for name, counts in counted.items()}


def _count() -> dict[str, tuple[int, int]]:
    since = timezone.now() - LATELY
    purposes = (Run.Purpose.ANSWER, Run.Purpose.API)
    runs = Run.objects.filter(queued_at__gte=since, purpose__in=purposes).order_by()
    by_name = runs.values("model_name").annotate(
        runs=Count("pk"), people=Count("person", distinct=True)
    )
    return {each["model_name"]: (each["runs"], each["people"]) for each in by_name}
