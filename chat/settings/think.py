"""Whether a model thinks before it answers, and how much: as it was wished, and as it can."""

from typing import Any

from inference.models import ModelChoice

LEVELS = ("low", "medium", "high")
USUAL_LEVEL = "medium"

Think = bool | str


def think_sent(data: Any, model: ModelChoice | None) -> Think | None:
    """What a composer's fields say for this model; None where they say nothing of it."""
    if model is None or not model.thinks:
        return None
    if model.thinks_by_level:
        level = data.get("think_level")
        return level if level in LEVELS else None
    return "think" in data if "think_offered" in data else None


def think_for(wanted: Think | None, model: ModelChoice) -> Think | None:
    """What the model takes for what was wished; None is not sent."""
    if wanted is None or not model.thinks:
        return None
    if not model.thinks_by_level:
        return bool(wanted)
    if isinstance(wanted, str):
        return wanted if wanted in LEVELS else USUAL_LEVEL
    return USUAL_LEVEL if wanted else LEVELS[0]  # it cannot be turned off
