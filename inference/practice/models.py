"""The made-up models: what a model is here, and those that the server has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from . import gguf, layers
from .layers import Layer
from .names import Name

BLOBS = "/usr/share/ollama/.ollama/models/blobs"
# Templates in Go's language, of the kind that most models have. What they name, a model can.
_SYSTEM = "{{- if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n{{ end }}"
_TOOLS = "{{- if .Tools }}<|im_start|>system\n# Tools\n{{ json .Tools }}<|im_end|>\n{{ end }}"
_TURNS = (
    '{{- range .Messages }}<|im_start|>{{ .Role }}\n%s{{ .Content }}{{ if ne .Role "assistant" }}'
    "<|im_end|>\n{{ end }}{{ end }}<|im_start|>assistant\n"
)
_THOUGHT = "{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}"
# What stands for one that a model has not.
NO_TEMPLATE = "{{ .Prompt }}"
TEMPLATE = _SYSTEM + _TURNS % ""
TEMPLATE_WITH_TOOLS = _SYSTEM + _TOOLS + _TURNS % ""
TEMPLATE_WITH_THINKING = _SYSTEM + _TOOLS + _TURNS % _THOUGHT
LICENSE = "This model is made up: there is nothing to license."


@dataclass(frozen=True)
class Known:
    """An answer that a model knows by heart, in the pieces in which it streams."""

    text: tuple[str, ...]
    thinking: tuple[str, ...] = ()


@dataclass(frozen=True)
class PracticeModel:
    """A model as Ollama would hold it. Sizes are in bytes, lengths in tokens."""

    name: Name
    capabilities: tuple[str, ...] = ("completion",)
    size: int = 2_019_393_189
    parameter_size: str = "3.2B"
    parameter_count: int = 3_212_749_888
    quantization: str = "Q4_K_M"
    family: str = "practice"
    context_length: int = 8192
    embedding_length: int = 3072
    block_count: int = 28
    template: str = TEMPLATE
    system: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    licenses: tuple[str, ...] = (LICENSE,)
    messages: tuple[Mapping[str, str], ...] = ()
    modified_at: str = "2026-11-20T09:00:00.123456789Z"
    digest: str = ""
    made_here: bool = False  # not pulled
    # The name of the model it was made from; "" for one that was made from a file.
    parent: str = ""
    # The sha256 of its file; models that share one share their place in memory.
    weights: str = ""
    # Files beside the weights: adapters and projectors.
    beside: tuple[Layer, ...] = ()
    # The kinds of its layers in the order in which they came to be; () for the usual one.
    order: tuple[str, ...] = ()
    model_info: Mapping[str, Any] | None = None
    tensors: tuple[Mapping[str, Any], ...] = ()
    # Models that Ollama runs in its own engine refuse to embed unless they are made for it.
    own_engine: bool = False
    # Questions it knows the answer to by heart.
    answers: Mapping[str, Known] = field(default_factory=dict)

    def can(self, capability: str) -> bool:
        return capability in self.capabilities

    @cached_property
    def shown_digest(self) -> str:
        return self.digest or layers.manifest_digest(self.layers, made_here=self.made_here)

    @cached_property
    def file(self) -> str:
        return self.weights or sha256(f"weights of {self.name}".encode()).hexdigest()

    @cached_property
    def texts(self) -> tuple[Layer, ...]:
        """The layers that are text, in the order in which they came to be."""
        made = {
            "template": [layers.of_text("template", self.template)] if self.template else [],
            "system": [layers.of_text("system", self.system)] if self.system else [],
            "license": [layers.of_text("license", text) for text in self.licenses],
            "params": [layers.of_parameters(self.parameters)] if self.parameters else [],
            "messages": [layers.of_messages(self.messages)] if self.messages else [],
        }
        ordered = [made[kind].pop(0) for kind in self.order if made[kind]]
        return (*ordered, *(layer for rest in made.values() for layer in rest))

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """All of them, the config last. Together they have the size of the model."""
        beside = sum(layer.size for layer in self.beside)
        config = self._config(Layer("model", f"sha256:{self.file}", 0))
        texts = sum(layer.size for layer in self.texts)
        size = max(1, self.size - beside - texts - config.size)
        weights = Layer("model", f"sha256:{self.file}", size)
        return (weights, *self.beside, *self.texts, config)

    def named(self, name: Name) -> "PracticeModel":
        """The same files under another name."""
        return replace(self, name=name, weights=self.file)

    def sized(self, weights: int) -> "PracticeModel":
        """With weights of so many bytes; its own size is that of all its layers."""
        return replace(self, size=weights + sum(layer.size for layer in self.layers[1:]))

    @property
    def weights_layer(self) -> Layer:
        return self.layers[0]

    def _config(self, weights: Layer) -> Layer:
        others = (weights, *self.beside, *self.texts)
        return layers.config(self.family, self.parameter_size, self.quantization, others)

    @property
    def bytes_a_token(self) -> int:
        """What each token of context takes in memory."""
        return self.block_count * self.embedding_length * 8

    def info(self) -> Mapping[str, Any]:
        if self.model_info is not None:
            return self.model_info
        kind = self.family
        info = {
            "general.architecture": kind,
            "general.description": "Made up by the practice server",
            "general.file_type": gguf.FILE_TYPES.get(self.quantization, 0),
            "general.parameter_count": self.parameter_count,
            f"{kind}.attention.head_count": 24,
            f"{kind}.attention.head_count_kv": 8,
            f"{kind}.block_count": self.block_count,
            f"{kind}.context_length": self.context_length,
            f"{kind}.embedding_length": self.embedding_length,
            f"{kind}.vocab_size": 32_000,
            "tokenizer.ggml.merges": None,
            "tokenizer.ggml.model": "gpt2",
            "tokenizer.ggml.token_type": None,
            "tokenizer.ggml.tokens": None,
        }
        if self.can("vision"):
            info[f"{kind}.vision.block_count"] = 24
        if self.can("embedding"):
            info[f"{kind}.pooling_type"] = 1
        return dict(sorted(info.items()))


class Models:
    """The models that a server has, by name."""

    def __init__(self, models: Iterable[PracticeModel]) -> None:
        self._by_key = {model.name.key: model for model in models}

    def find(self, name: Name) -> PracticeModel | None:
        return self._by_key.get(name.key)

    def put(self, model: PracticeModel) -> PracticeModel | None:
        """Has it from now on, in place of the one of that name, which is returned.

        The name stays as it was written first.
        """
        old = self._by_key.get(model.name.key)
        self._by_key[model.name.key] = model.named(old.name) if old else model
        return old

    def remove(self, name: Name) -> PracticeModel | None:
        return self._by_key.pop(name.key, None)

    def layer(self, digest: str) -> Layer | None:
        """The layer that any of them has under this digest."""
        every = (layer for model in self._by_key.values() for layer in model.layers)
        return next((layer for layer in every if layer.digest == digest), None)

    def newest_first(self) -> list[PracticeModel]:
        """By whole seconds, as Ollama compares them."""
        return sorted(self._by_key.values(), key=lambda model: model.modified_at[:19], reverse=True)


_TENSORS = (
    {"name": "token_embd.weight", "type": "Q4_K", "shape": [3072, 32_000]},
    {"name": "output_norm.weight", "type": "F32", "shape": [3072]},
)

PRACTICE_MODELS = (
    PracticeModel(
        Name("practice"),
        capabilities=("completion", "tools"),
        template=TEMPLATE_WITH_TOOLS,
        parameters={"stop": ["<|im_end|>"], "temperature": 0.7},
        tensors=_TENSORS,
    ),
    PracticeModel(
        Name("practice-think"),
        capabilities=("completion", "tools", "thinking"),
        template=TEMPLATE_WITH_THINKING,
        size=5_225_387_923,
        parameter_size="8.2B",
        parameter_count=8_190_735_360,
        context_length=32_768,
        embedding_length=4096,
        block_count=36,
        parameters={"stop": ["<|im_end|>"], "temperature": 0.6},
        modified_at="2026-11-19T16:20:11.08842Z",
        tensors=_TENSORS,
    ),
    PracticeModel(
        Name("practice-vision"),
        capabilities=("completion", "vision"),
        size=3_338_801_804,
        parameter_size="4.3B",
        parameter_count=4_299_915_632,
        embedding_length=2560,
        block_count=34,
        modified_at="2026-11-18T08:01:59.5Z",
        tensors=_TENSORS,
        own_engine=True,
    ),
    PracticeModel(
        Name("practice-embed"),
        capabilities=("embedding",),
        size=274_302_450,
        parameter_size="137M",
        parameter_count=136_727_040,
        quantization="F16",
        context_length=2048,
        embedding_length=384,
        block_count=12,
        template=NO_TEMPLATE,
        modified_at="2026-11-17T12:30:00.25Z",
    ),
)
