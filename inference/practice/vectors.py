"""Made-up embeddings: texts that share words lie close to each other."""

import math
import re
from functools import lru_cache
from hashlib import shake_256

_WORD = re.compile(r"\w+|[^\w\s]")


@lru_cache(maxsize=4096)
def _direction(word: str, size: int) -> tuple[float, ...]:
    """A stable point in the cube from -1 to 1."""
    data = shake_256(word.encode()).digest(2 * size)
    return tuple(
        int.from_bytes(data[at : at + 2], "little") / 32_767.5 - 1 for at in range(0, 2 * size, 2)
    )


def vector(text: str, size: int) -> list[float]:
    """The sum of what its words point to; not of length 1."""
    words = _WORD.findall(text.lower()) or [""]
    columns = zip(*(_direction(word, size) for word in words), strict=True)
    return [sum(column) for column in columns]


def normalised(values: list[float]) -> list[float]:
    """Of length 1, in the precision of a float32."""
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    return [float(f"{value / length:.8g}") for value in values]
