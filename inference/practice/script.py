"""What a test tells the server to do: its pace, its answers, and what goes wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Self

from .models import PracticeModel
from .registry import published

# Lines in each 60 ms: 50,000 a second.
FLOOD = 3000


class Kind(StrEnum):
    """What goes wrong, in streams after `after_lines` lines, at once when it is 0.

    What does not stream is struck as a whole; HUGE and SPLIT are for streams only.
    """

    REFUSE = (
        "refuse"  # the connection is closed as soon as it is there; `path`, `model` don't count
    )
    BUSY = "busy"  # 503
    STATUS = "status"  # `status` and `text`
    SLOW = "slow"  # `seconds` before anything is answered
    STALL = "stall"  # nothing more for `seconds`; without them until POST /practice/release
    ERROR = "error"  # an error line with `text`, then a clean end; 500 before the first line
    CRASH = "crash"  # the same in the words of a runner that died; the model is no longer loaded
    CUT = "cut"  # the connection closes, after `after_bytes` of the body if that is given
    EOF = "eof"  # a clean end without `done` or success; usually in place of the last line
    GARBAGE = "garbage"  # `text` (or bytes that are not even UTF-8) in place of a line
    HUGE = "huge"  # a line with `size` bytes of text, before the others go on
    SPLIT = "split"  # the body comes in chunks of `size` bytes, whatever the lines

    # Of pull, push and create, from `after_lines` on. An upload is struck by CUT, STALL, ERROR and
    # NO_SPACE, after `after_bytes` of what is sent.
    NO_SPACE = "no_space"  # the disk is full: an error line, or 500
    NO_TOTALS = "no_totals"  # progress without total and completed
    SHRINKING = "shrinking"  # every total is smaller than the one before
    BACKWARDS = "backwards"  # completed goes back on every third line
    FLOOD = "flood"  # each line of progress `size` times: 50,000 a second where a speed is set


@dataclass
class Fault:
    """One thing that goes wrong, for the next `times` requests (None: all) it fits."""

    kind: Kind
    times: int | None = None
    path: str = ""
    model: str = ""
    after_lines: int = 0
    after_bytes: int | None = None
    seconds: float | None = None
    status: int = 500
    text: str = ""
    size: int = 7

    @classmethod
    def parse(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError for what it does not know."""
        _check_names(cls, value)
        fault = cls(**{**value, "kind": Kind(value["kind"])})
        if fault.kind is Kind.EOF and "after_lines" not in value:
            fault.after_lines = -1
        if fault.kind is Kind.FLOOD and "size" not in value:
            fault.size = FLOOD
        return fault

    def takes(self, path: str, model: str) -> bool:
        """Whether it strikes this request; if so, it is used up by one."""
        if self.times == 0 or (self.path and self.path != path and not self._above(path)):
            return False
        if self.model and model not in (self.model, f"{self.model}:latest"):
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def _above(self, path: str) -> bool:
        """So that /api/blobs strikes every digest."""
        return path.startswith(f"{self.path}/")


@dataclass(frozen=True)
class Script:
    """All that can be scripted. Times are in seconds."""

    # Tokens a second of each stream; 0 is as fast as it goes.
    speed: float = 40.0
    # How long a model takes to load, and then to read the prompt.
    load_seconds: float = 0.8
    prompt_seconds: float = 0.0
    # What the model says instead of its own words: a text, or the pieces as they stream.
    answer: str | tuple[str, ...] | None = None
    thinking: str | tuple[str, ...] | None = None
    tool_calls: tuple[Mapping[str, Any], ...] | None = None  # {"name": …, "arguments": {…}}
    # Requests at once for each model (OLLAMA_NUM_PARALLEL), 0 for any number; more wait.
    parallel: int = 0
    # Models in memory at once (OLLAMA_MAX_LOADED_MODELS).
    max_loaded: int = 3
    version: str = "0.24.0"
    # Bytes a second of each layer that is pulled or pushed; 0 is as fast as it goes.
    pull_speed: float = 50_000_000.0
    # A layer that is pulled lasts a multiple of this, however small it is.
    layer_seconds: float = 1.0
    # Models to pull, beside those of the made-up registry or in their place (registry.published).
    registry: tuple[PracticeModel, ...] = ()
    # Hosts of registries that answer, beside those of the models in `registry`.
    registry_hosts: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = field(default=())

    def changed(self, changes: Mapping[str, Any]) -> "Script":
        """With these fields as JSON gives them; the others stay. Raises ValueError."""
        _check_names(Script, changes)
        made: dict[str, Any] = dict(changes)
        for name in ("answer", "thinking", "tool_calls", "registry_hosts"):
            if isinstance(made.get(name), list):
                made[name] = tuple(made[name])
        if "faults" in made:
            given = made["faults"] or []
            listed = [given] if isinstance(given, Mapping) else given
            made["faults"] = tuple(Fault.parse(fault) for fault in listed)
        if "registry" in made:
            made["registry"] = tuple(published(model) for model in made["registry"] or [])
        return replace(self, **made)

    def strike(self, path: str, model: str) -> list[Fault]:
        """The faults that this request meets."""
        return [
            fault
            for fault in self.faults
            if fault.kind is not Kind.REFUSE and fault.takes(path, model)
        ]

    def refuses(self) -> bool:
        return any(fault.kind is Kind.REFUSE and fault.takes("", "") for fault in self.faults)


def _check_names(cls: Any, given: Mapping[str, Any]) -> None:
    known = {each.name for each in fields(cls)}
    if unknown := set(given) - known:
        raise ValueError(
            f"{cls.__name__} has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}"
        )
