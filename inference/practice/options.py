"""The options of a run: their types, and which of them a loaded model was loaded with."""

from collections.abc import Mapping
from typing import Any

from .outcome import Failure

DEFAULT_NUM_CTX = 4096
LEAST_NUM_CTX = 4
# How many times num_ctx an answer may be long.
LONGEST_ANSWER = 10

_INTEGERS = {
    "num_ctx",
    "num_batch",
    "num_gpu",
    "main_gpu",
    "num_thread",
    "num_keep",
    "seed",
    "num_predict",
    "top_k",
    "repeat_last_n",
}
_FLOATS = {
    "top_p",
    "min_p",
    "typical_p",
    "temperature",
    "repeat_penalty",
    "presence_penalty",
    "frequency_penalty",
}
# A model is loaded again when one of these changes.
_LOAD_TIME = ("num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def checked(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The layers as one, later ones win; unknown names pass, wrong types are a Failure."""
    merged: dict[str, Any] = {}
    for layer in layers:
        merged.update({name: value for name, value in layer.items() if value is not None})
    for name, value in merged.items():
        if name in _INTEGERS:
            if not _number(value):
                raise Failure(500, f'option "{name}" must be of type integer')
            merged[name] = int(value)
        elif name in _FLOATS and not _number(value):
            raise Failure(500, f'option "{name}" must be of type float32')
        elif name == "use_mmap" and not isinstance(value, bool):
            raise Failure(500, f'option "{name}" must be of type boolean')
        elif name == "stop":
            _check_stop(value)
    return merged


def _check_stop(value: Any) -> None:
    if not isinstance(value, list):
        raise Failure(500, 'option "stop" must be of type array')
    if not all(isinstance(word, str) for word in value):
        raise Failure(500, 'option "stop" must be of an array of strings')


def num_ctx(options: Mapping[str, Any], trained: int) -> int:
    """The context in force, in tokens."""
    wanted = options.get("num_ctx") or DEFAULT_NUM_CTX
    return max(LEAST_NUM_CTX, min(wanted, trained))


def loaded_with(options: Mapping[str, Any], trained: int) -> tuple[tuple[str, Any], ...]:
    """What must be the same for a loaded model to be used as it is."""
    chosen = {name: options[name] for name in _LOAD_TIME if name in options}
    return tuple(sorted((chosen | {"num_ctx": num_ctx(options, trained)}).items()))
