"""The files of a create: weights, adapters and projectors, taken as they are, or made smaller."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from . import gguf
from .blobs import Blobs, path_of
from .layers import Layer
from .models import PracticeModel
from .names import Name
from .outcome import Failure
from .progress import Progress
from .uploading import checked

# The digest that the progress of quantizing has.
NO_DIGEST = "0000000000000000000"
# In so many steps a model is quantized.
STEPS = 40
QUANTIZED_FROM = ("F16", "BF16", "F32")
QUANTIZED_TO = ("F32", "F16", "Q4_K_S", "Q4_K_M", "Q8_0")


async def from_files(blobs: Blobs, progress: Progress, files: Mapping[str, str]) -> PracticeModel:
    """A model of these files and nothing else."""
    kind = _kind(blobs, files)
    if kind == "safetensors":
        return await _converted(blobs, progress, files)
    layers, family, quantization = [], "", ""
    for digest in files.values():
        header, layer = await _parsed(blobs, progress, digest)
        layers.append(layer)
        if layer.kind == "model":
            family, quantization = header.family, header.quantization
    layers.sort(key=lambda layer: layer.kind != "model")
    return _bare(layers[0], tuple(layers[1:]), family or "llama", quantization or "F16")


async def adapter(blobs: Blobs, progress: Progress, files: Mapping[str, str]) -> Layer:
    if _kind(blobs, files) == "safetensors":
        await progress.say("converting adapter")
        return _joined(blobs, files, "adapter")
    if len(files) > 1:
        raise Failure(400, "only one adapter is currently supported", at_work=True)
    (digest,) = files.values()
    _, layer = await _parsed(blobs, progress, digest)
    return replace(layer, kind="adapter")


async def quantized(progress: Progress, model: PracticeModel, wanted: str) -> PracticeModel:
    """The same with weights of another type."""
    had = model.quantization
    if wanted not in QUANTIZED_TO:
        raise Failure(
            500,
            f"unsupported quantization type {wanted} - "
            f"supported types are {', '.join(QUANTIZED_TO)}",
            at_work=True,
        )
    if had not in QUANTIZED_FROM:
        raise Failure(
            500, "quantization is only supported for F16, BF16 and F32 models", at_work=True
        )
    if had == wanted:
        return model
    size = model.weights_layer.size
    for step in range(1, STEPS + 1):
        done = size * step // STEPS
        await progress.tell(f"quantizing {had} model to {wanted}", NO_DIGEST, size, done)
    await progress.say("verifying conversion")
    smaller = replace(
        model,
        quantization=wanted,
        weights=sha256(f"{model.file} as {wanted}".encode()).hexdigest(),
    )
    return smaller.sized(int(size * gguf.BITS[wanted] / gguf.BITS[had]))


def _kind(blobs: Blobs, files: Mapping[str, str]) -> str:
    """By the names of the files, or by their first bytes."""
    for path, digest in files.items():
        for kind in ("safetensors", "gguf"):
            if path.endswith(f".{kind}"):
                return kind
        blob = blobs.find(digest)
        if blob and blob.start.startswith(gguf.MAGIC):
            return "gguf"
    raise Failure(400, "unknown type", at_work=True)


async def _parsed(blobs: Blobs, progress: Progress, digest: str) -> tuple[gguf.Header, Layer]:
    await progress.say("parsing GGUF")
    size, start = _file(blobs, digest)
    header = gguf.header(start)
    if header is None:
        raise Failure(400, "supplied file was not in GGUF format", at_work=True)
    return header, Layer(header.kind, digest.replace("-", ":", 1), size)


def _file(blobs: Blobs, digest: str) -> tuple[int, bytes]:
    try:
        blob = blobs.find(checked(digest))
    except Failure as failure:
        raise Failure(500, failure.message, at_work=True) from None
    if blob is None:
        raise Failure(500, f"open {path_of(digest)}: no such file or directory", at_work=True)
    return blob.size, blob.start


async def _converted(blobs: Blobs, progress: Progress, files: Mapping[str, str]) -> PracticeModel:
    await progress.say("converting model")
    if "config.json" not in files:
        raise Failure(500, "open config.json: no such file or directory", at_work=True)
    return _bare(_joined(blobs, files, "model"), (), "llama", "F16")


def _joined(blobs: Blobs, files: Mapping[str, str], kind: str) -> Layer:
    """One file made of many."""
    size = sum(
        _file(blobs, digest)[0] for path, digest in files.items() if path.endswith(".safetensors")
    )
    return Layer(
        kind, "sha256:" + sha256("".join(sorted(files.values())).encode()).hexdigest(), size
    )


def _bare(layer: Layer, beside: tuple[Layer, ...], family: str, quantization: str) -> PracticeModel:
    sees = any(each.kind == "projector" for each in beside)
    count = int(layer.size * 8 / gguf.BITS.get(quantization, 16.0))
    model = PracticeModel(
        Name("draft"),
        capabilities=("completion", "vision") if sees else ("completion",),
        parameter_size=human(count),
        parameter_count=count,
        quantization=quantization,
        family=family,
        template="",
        licenses=(),
        weights=layer.digest.removeprefix("sha256:"),
        beside=beside,
    )
    return model.sized(layer.size)


def human(count: int) -> str:
    """The number of parameters as Ollama shows it."""
    for unit, size, digits in (("B", 10**9, 1), ("M", 10**6, 2)):
        if count >= size:
            return f"{count / size:.{0 if count % size == 0 else digits}f}{unit}"
    return f"{count / 1000:.0f}K" if count >= 1000 else str(count)
