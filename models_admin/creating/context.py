"""What a context of some length costs in memory, for the form."""

from dataclasses import dataclass

from models_admin.creating.sources import Source

LENGTHS = (4_096, 16_384, 65_536, 131_072)  # tokens


@dataclass(frozen=True)
class Cost:
    """A length in tokens and what it takes in bytes, for all slots of its server together."""

    tokens: int
    size: int


def costs(source: Source | None) -> list[Cost]:
    """For some lengths up to that of its training; none where the model says too little."""
    each = source.bytes_per_token if source else None
    if source is None or not each:
        return []
    trained = source.row.context_length or LENGTHS[-1]
    lengths = sorted({length for length in LENGTHS if length < trained} | {trained})
    slots = max(source.row.server.slots, 1)
    return [Cost(length, length * each * slots) for length in lengths[:5]]
