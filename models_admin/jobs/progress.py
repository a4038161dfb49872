"""The progress of a job as its row keeps it: bytes by layer, speed and time left. No I/O."""

from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from inference.ollama.layers import Layer, Layers
from inference.ollama.results import Progress

# Seconds over which a speed is measured, and before which there is none.
SPAN = 8.0
LEAST = 1.0
# Layers that are kept and shown; models have a handful.
MOST_KEPT = 100


class Meter:
    """Adds up what Ollama tells of a transfer; `progress` is fit for JSON.

    Made from the progress of an earlier attempt, it goes on from there: no number in it falls.

        {"status": "pulling 797b70c4edf8", "completed": 3, "total": 4, "fraction": 0.75,
         "fetched": 3, "speed": 1.5, "left": 1, "layers": [[key, status, completed, total], …]}

    Bytes, bytes a second, seconds. `total` is 0, and `fraction`, `speed` and `left` are None, where
    that is not known.
    """

    def __init__(self, earlier: dict[str, Any], clock: Callable[[], float] = monotonic) -> None:
        self._layers = Layers(Layer(*each) for each in earlier.get("layers", []))
        self._clock = clock
        self._known = {layer.key: layer.completed for layer in self._layers.layers}
        self._moved = int(earlier.get("fetched", 0))
        self._times: deque[tuple[float, int]] = deque([(clock(), self._moved)])

    @property
    def status(self) -> str:
        return self._layers.status

    @property
    def moved(self) -> int:
        """Bytes that came over the network while somebody looked, in all attempts."""
        return self._moved

    def add(self, batch: Iterable[Progress]) -> None:
        """Takes what came, in its order."""
        self._layers.add(batch)
        for layer in self._layers.layers:
            # What of a layer was there when it was first told of had come before.
            before = self._known.setdefault(layer.key, layer.completed)
            self._moved += layer.completed - before
            self._known[layer.key] = layer.completed
        now = self._clock()
        self._times.append((now, self._moved))
        while len(self._times) > 2 and self._times[1][0] < now - SPAN:
            self._times.popleft()

    def progress(self) -> dict[str, Any]:
        """The state of now."""
        layers = self._layers
        speed = self._speed()
        missing = layers.total - layers.completed
        return {
            "status": layers.status[:200],
            "completed": layers.completed,
            "total": layers.total,
            "fraction": layers.fraction,
            "fetched": self._moved,
            "speed": speed,
            "left": missing / speed if speed and missing > 0 else None,
            "layers": [
                [each.key[:100], each.status[:100], each.completed, each.total]
                for each in layers.layers[:MOST_KEPT]
            ],
        }

    def _speed(self) -> float | None:
        (began, then), (ended, now) = self._times[0], self._times[-1]
        if ended - began < LEAST or now == then:
            return None
        return (now - then) / (ended - began)
