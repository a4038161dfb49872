"""Layers: the parts a model is stored and moved in, named by their digests as Ollama names them.

What is text (template, system, licence, parameters, messages) has the digest that Ollama gives it;
weights are made up, and so are their digests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from . import go

_CONFIG = "application/vnd.docker.container.image.v1+json"
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True)
class Layer:
    """`digest` with its "sha256:", `size` in bytes."""

    kind: str
    digest: str
    size: int

    @property
    def short(self) -> str:
        """As the lines of a pull name it."""
        return self.digest[7:19]

    @property
    def media_type(self) -> str:
        return _CONFIG if self.kind == "config" else f"application/vnd.ollama.image.{self.kind}"


def of_bytes(kind: str, data: bytes) -> Layer:
    return Layer(kind, f"sha256:{sha256(data).hexdigest()}", len(data))


def of_text(kind: str, text: str) -> Layer:
    return of_bytes(kind, text.encode())


def of_parameters(parameters: Mapping[str, Any]) -> Layer:
    return of_text("params", go.dumps(dict(sorted(parameters.items()))) + "\n")


def of_messages(messages: Sequence[Mapping[str, Any]]) -> Layer:
    return of_text("messages", go.dumps([dict(each) for each in messages]) + "\n")


def config(family: str, parameter_size: str, quantization: str, layers: Sequence[Layer]) -> Layer:
    fields = {
        "model_format": "gguf",
        "model_family": family,
        "model_families": [family],
        "model_type": parameter_size,
        "file_type": quantization,
        "architecture": "amd64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
    }
    return of_text("config", go.dumps(fields) + "\n")


def manifest_digest(layers: Sequence[Layer], *, made_here: bool) -> str:
    """The digest of the model itself, bare, as /api/tags shows it; the config is the last layer.

    Ollama ends the manifest of a model that it made with a newline, and that of one that it pulled
    not, so the two have different digests.
    """
    *others, last = [
        {"mediaType": layer.media_type, "digest": layer.digest, "size": layer.size}
        for layer in layers
    ]
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": last, "layers": others}
    end = b"\n" if made_here else b""
    return sha256(go.dump_bytes(manifest) + end).hexdigest()
