"""The hint to open pages that the models are not as they were."""

from inference import wakeups

HINT = {"kind": "models"}


def tell() -> None:
    """Has the pages that show models look again; from sync or async code."""
    wakeups.show(wakeups.MODELS, HINT)
