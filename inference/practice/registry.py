"""The made-up registry: what can be pulled, and what was pushed."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from .models import (
    PRACTICE_MODELS,
    TEMPLATE_WITH_THINKING,
    TEMPLATE_WITH_TOOLS,
    PracticeModel,
)
from .names import Name

TINY = PracticeModel(
    Name("tiny", namespace="practice"),
    capabilities=("completion", "tools"),
    size=5_242_880,
    parameter_size="2.36M",
    parameter_count=2_361_024,
    quantization="F16",
    context_length=2048,
    embedding_length=192,
    block_count=4,
    template=TEMPLATE_WITH_TOOLS,
    parameters={"stop": ["<|im_end|>"]},
)
LARGE = PracticeModel(
    Name("large", namespace="practice"),
    capabilities=("completion", "tools"),
    size=4_294_967_296,
    parameter_size="7.6B",
    parameter_count=7_615_616_512,
    context_length=32_768,
    embedding_length=3584,
    template=TEMPLATE_WITH_TOOLS,
    parameters={"stop": ["<|im_end|>"], "temperature": 0.7},
)
PUBLISHED = (
    *PRACTICE_MODELS,
    TINY,
    LARGE,
    replace(
        TINY,
        name=Name("thinks", namespace="practice"),
        capabilities=("completion", "tools", "thinking"),
        size=1_359_293_444,
        parameter_size="2.0B",
        parameter_count=2_031_739_904,
        quantization="Q4_K_M",
        context_length=40_960,
        embedding_length=2048,
        block_count=28,
        template=TEMPLATE_WITH_THINKING,
    ),
    replace(
        LARGE,
        name=Name("precise", namespace="practice"),
        size=2_479_595_680,
        parameter_size="1.2B",
        parameter_count=1_235_814_432,
        quantization="F16",
        embedding_length=2048,
        block_count=16,
    ),
)
# What JSON may say of a published model, and what each must be.
_FIELDS = {
    "name": str, "version": str, "size": int, "capabilities": list, "parameter_size": str,
    "quantization": str, "family": str, "context_length": int, "template": str, "system": str,
    "parameters": dict, "licenses": list, "messages": list,
}  # fmt: skip


def published(value: Mapping[str, Any]) -> PracticeModel:
    """A model for the registry from JSON: the one of that name, or a new one, with these fields.

    `version` gives it other weights: to who has it, that is an update. Raises ValueError.
    """
    for field, found in value.items():
        if field not in _FIELDS:
            raise ValueError(
                f"a published model has no {field}; it has {', '.join(sorted(_FIELDS))}"
            )
        if not isinstance(found, _FIELDS[field]):
            raise ValueError(f"{field} is a {_FIELDS[field].__name__}")
    name = Name.parse(value.get("name", ""))
    if name is None:
        raise ValueError("a published model needs a valid name")
    fields: dict[str, Any] = {
        field: tuple(found) if isinstance(found, list) else found
        for field, found in value.items()
        if field not in ("name", "version")
    }
    if version := value.get("version"):
        fields["weights"] = sha256(f"weights of {name} {version}".encode()).hexdigest()
    usual = next((model for model in PUBLISHED if model.name.key == name.key), PracticeModel(name))
    return replace(usual, name=name, **fields)


class Registry:
    """All registries of the world, by the hosts of the names."""

    def __init__(self) -> None:
        self._pushed: dict[str, PracticeModel] = {}

    def find(self, name: Name, scripted: Iterable[PracticeModel]) -> PracticeModel | None:
        """What was pushed goes before what is scripted, and that before what is usual."""
        return self._all(scripted).get(name.key)

    def holds(self, host: str, digest: str, scripted: Iterable[PracticeModel]) -> bool:
        """Whether the registry there has the layer."""
        return any(
            layer.digest == digest
            for model in self._all(scripted).values()
            if model.name.host == host
            for layer in model.layers
        )

    def push(self, model: PracticeModel) -> None:
        self._pushed[model.name.key] = model

    def hosts(self, scripted: Iterable[PracticeModel], others: Iterable[str]) -> set[str]:
        """Where a registry answers: where a model is, and at these others."""
        return {model.name.host for model in self._all(scripted).values()} | set(others)

    def _all(self, scripted: Iterable[PracticeModel]) -> dict[str, PracticeModel]:
        every = (*PUBLISHED, *scripted, *self._pushed.values())
        return {model.name.key: model for model in every}


@dataclass(frozen=True)
class Call:
    """One request to the registry of a name; `path` begins after the model's."""

    method: str
    name: Name
    path: str
    insecure: bool

    def problem(self, hosts: Container[str], not_tls: str) -> str:
        """Go's words for why it fails where only these hosts answer, "" if it does not.

        `not_tls` is what this request says of a registry that speaks plain HTTP.
        """
        name = self.name
        why = ""
        if name.host not in hosts:
            why = _no_answer(name.host)
        elif not self.insecure and not _speaks_tls(name.host):
            why = not_tls
        scheme = "http" if self.insecure else "https"
        url = f"{scheme}://{name.host}/v2/{name.namespace}/{name.model}/{self.path}"
        return f'{self.method} "{url}": {why}' if why else ""


def _speaks_tls(host: str) -> bool:
    """A registry with a name does; one on an address speaks plain HTTP only."""
    try:
        ip_address(host.rpartition(":")[0] or host)
    except ValueError:
        return not host.startswith("localhost")
    return False


def _no_answer(host: str) -> str:
    if _speaks_tls(host):
        return f"dial tcp: lookup {host.partition(':')[0]}: no such host"
    return f"dial tcp {host}: connect: connection refused"
