"""How slot time counts: pure functions, no database."""

import math
from datetime import datetime

HALF_LIFE = 600.0  # seconds after which slot time counts half


def decayed(seconds: float, age: float) -> float:
    """What slot time that was worth `seconds` is worth `age` seconds later."""
    return seconds * 0.5 ** (max(age, 0.0) / HALF_LIFE)


def slot_seconds(started: datetime, until: datetime) -> float:
    """What a slot that was held from `started` to `until` is worth at `until`.

    Its first seconds already count less than its last: an answer of ten minutes is worth 433 s.
    """
    held = max((until - started).total_seconds(), 0.0)
    return (1.0 - decayed(1.0, held)) * HALF_LIFE / math.log(2)
