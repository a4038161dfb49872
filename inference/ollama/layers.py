"""Adds up the progress of a pull, push or create, layer by layer. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .results import Progress

MOST_LAYERS = 2000  # what a server says of more is not kept
BEGINNINGS = {"pulling manifest", "retrieving manifest"}  # of an attempt, perhaps a second one


@dataclass(frozen=True, slots=True)
class Layer:
    """A file that is moved, or a step that is counted. Sizes are bytes."""

    key: str  # the digest; the status where Ollama counts without one, as when it quantises
    status: str
    completed: int
    total: int  # 0: not known

    @property
    def fraction(self) -> float | None:
        return min(self.completed / self.total, 1.0) if self.total else None


class Layers:
    """The layers of one job in the order in which they came. No number of them ever falls.

    Ollama's do: a part that failed is taken back, a total may shrink or be missing. It repeats
    lines, may leave a layer before its last byte was told, and tells nothing of one that took no
    time. So a layer is done when something else is told.

    Made from the `layers` of an earlier attempt, it goes on from there.
    """

    def __init__(self, layers: Iterable[Layer] = ()) -> None:
        self.status = ""  # the newest, in Ollama's words
        self._layers = {layer.key: layer for layer in layers}
        self._open: str | None = None  # the key of the layer that is moving
        self._shown = self._ratio()

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers.values())

    @property
    def completed(self) -> int:
        """Bytes of all layers so far."""
        return sum(layer.completed for layer in self._layers.values())

    @property
    def total(self) -> int:
        """Bytes of all layers that are known so far, which may not be all; 0: not known."""
        if not all(layer.total for layer in self._layers.values()):
            return 0
        return sum(layer.total for layer in self._layers.values())

    @property
    def fraction(self) -> float | None:
        """From 0 to 1; stands still while a layer that nobody announced catches up."""
        return self._shown

    def add(self, batch: Iterable[Progress]) -> None:
        """Takes what came, in its order."""
        for progress in batch:
            self._add(progress)
        now = self._ratio()
        if now is not None:
            self._shown = max(now, self._shown or 0.0)

    def _add(self, progress: Progress) -> None:
        self.status = progress.status
        if progress.status in BEGINNINGS:
            self._open = None  # what stood open was broken off, not done
            return
        counts = progress.digest or progress.total or progress.completed
        key = _key(progress) if counts else None
        if key != self._open:
            self._close()
        if key is None:
            return
        known = self._layers.get(key)
        if known is None and len(self._layers) >= MOST_LAYERS:
            return
        completed = max(progress.completed, known.completed if known else 0)
        total = max(progress.total, known.total if known else 0)
        if total:
            total = max(total, completed)
        self._layers[key] = Layer(key, progress.status, completed, total)
        self._open = key

    def _close(self) -> None:
        if self._open is not None:
            layer = self._layers[self._open]
            self._layers[self._open] = replace(
                layer, completed=max(layer.completed, layer.total), total=layer.total
            )
        self._open = None

    def _ratio(self) -> float | None:
        total = self.total
        return self.completed / total if total else None


def _key(progress: Progress) -> str:
    return progress.digest if progress.digest.startswith("sha256:") else progress.status
