"""What a model's context takes in memory, from `model_info` of /api/show. No I/O."""

from collections.abc import Mapping
from typing import Any

BYTES_A_VALUE = 2  # f16, unless OLLAMA_KV_CACHE_TYPE says otherwise


def bytes_per_token(info: Mapping[str, Any]) -> int | None:
    """About how much each token of context takes; None where the model does not say enough.

    Counts the keys and values of every layer. A model whose layers look at a window only, or share
    what they keep, takes less.
    """
    kind = info.get("general.architecture")
    layers = _whole(info, f"{kind}.block_count")
    heads = _whole(info, f"{kind}.attention.head_count")
    width = _whole(info, f"{kind}.embedding_length")
    if not layers or not heads:
        return None
    usual = width // heads if width else None
    key = _whole(info, f"{kind}.attention.key_length") or usual
    value = _whole(info, f"{kind}.attention.value_length") or usual
    if not key or not value:
        return None
    kept = info.get(f"{kind}.attention.head_count_kv")
    if isinstance(kept, list):  # a number for each layer
        of_layers = [each for each in kept[:layers] if type(each) is int and each >= 0]
        all_heads = sum(of_layers)
    else:
        all_heads = layers * (kept if type(kept) is int and kept > 0 else heads)
    return all_heads * (key + value) * BYTES_A_VALUE or None


def _whole(info: Mapping[str, Any], name: str) -> int | None:
    value = info.get(name)
    if isinstance(value, list):  # a number for each layer
        value = max((each for each in value if type(each) is int), default=None)
    return value if type(value) is int and 0 < value < 2**31 else None
