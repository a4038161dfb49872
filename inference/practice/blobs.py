"""What the server stores beside its models: files that were uploaded, and parts of downloads.

Of an uploaded file only its size and its first bytes are kept.
"""

import math
from dataclasses import dataclass

from .layers import Layer
from .models import BLOBS, Models, PracticeModel

# Without a speed a layer comes in so many steps, but in none smaller than this.
STEPS = 16
SMALLEST_STEP = 1 << 16


@dataclass(frozen=True)
class Blob:
    """A file: its size in bytes, and how it starts."""

    size: int
    start: bytes = b""


@dataclass
class Download:
    """A layer on its way, shared by all who wait for it; nobody waiting, it stands still."""

    layer: Layer
    completed: int = 0
    listeners: int = 0
    seen: float = 0.0

    def join(self, now: float) -> None:
        if not self.listeners:
            self.seen = now
        self.listeners += 1

    def leave(self) -> None:
        self.listeners -= 1

    def advance(self, now: float, speed: float) -> int:
        """How many bytes are there at this time of the loop, at so many bytes a second."""
        size = self.layer.size
        step = (now - self.seen) * speed if speed else max(size / STEPS, SMALLEST_STEP)
        self.seen = now
        self.completed = min(size, self.completed + math.ceil(step))
        return self.completed


def path_of(digest: str) -> str:
    """Where Ollama has it on its disk."""
    return f"{BLOBS}/{digest.replace(':', '-', 1)}"


class Blobs:
    """The files by digest. What a model of the server has, is there too."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self._files: dict[str, Blob] = {}
        self._parts: dict[str, Download] = {}

    def has(self, digest: str) -> bool:
        return digest in self._files or self.models.layer(digest) is not None

    def find(self, digest: str) -> Blob | None:
        """The weights of a model are a GGUF file."""
        if digest in self._files:
            return self._files[digest]
        layer = self.models.layer(digest)
        return Blob(layer.size, b"GGUF" if layer.kind == "model" else b"") if layer else None

    def put(self, digest: str, blob: Blob) -> None:
        self._files[digest] = blob

    def download(self, layer: Layer) -> Download:
        """Goes on from the parts that are there."""
        return self._parts.setdefault(layer.digest, Download(layer))

    def finish(self, layer: Layer) -> None:
        """All of the layer has come."""
        self._parts.pop(layer.digest, None)
        self.put(layer.digest, Blob(layer.size, b"GGUF" if layer.kind == "model" else b""))

    def remove_unused(self, old: PracticeModel | None) -> None:
        """Removes the layers of a model that is no more, those that no other has."""
        for layer in old.layers if old else ():
            if not self.models.layer(layer.digest):
                self._files.pop(layer.digest, None)
