"""Model names, `[host/][namespace/]model[:tag]`, by Ollama's grammar."""

import re
from dataclasses import dataclass

DEFAULT_HOST = "registry.ollama.ai"
DEFAULT_NAMESPACE = "library"
DEFAULT_TAG = "latest"
_HOST = re.compile(r"\w[\w.:-]{0,349}", re.ASCII)
_NAMESPACE = re.compile(r"\w[\w-]{0,79}", re.ASCII)
_PART = re.compile(r"\w[\w.-]{0,79}", re.ASCII)


@dataclass(frozen=True)
class Name:
    model: str
    tag: str = DEFAULT_TAG
    namespace: str = DEFAULT_NAMESPACE
    host: str = DEFAULT_HOST

    @classmethod
    def parse(cls, text: str) -> "Name | None":
        """None when it is no valid name. A scheme before the host is left aside."""
        rest = text.strip().removeprefix("https://").removeprefix("http://")
        tag = DEFAULT_TAG
        if rest.rfind(":") > rest.rfind("/"):
            rest, _, tag = rest.rpartition(":")
        *before, model = rest.split("/")
        if len(before) > 2:
            return None
        namespace = before[-1] if before else DEFAULT_NAMESPACE
        host = before[0] if len(before) == 2 else DEFAULT_HOST
        valid = (
            _HOST.fullmatch(host)
            and _NAMESPACE.fullmatch(namespace)
            and _PART.fullmatch(model)
            and _PART.fullmatch(tag)
        )
        return cls(model, tag, namespace, host) if valid else None

    @property
    def full(self) -> str:
        return f"{self.host}/{self.namespace}/{self.model}:{self.tag}"

    @property
    def key(self) -> str:
        """The same for names that differ in case only: Ollama holds them for one."""
        return self.full.lower()

    def __str__(self) -> str:
        """The display form: without what is the default, but always with the tag."""
        shown = f"{self.model}:{self.tag}"
        if self.host != DEFAULT_HOST:
            return f"{self.host}/{self.namespace}/{shown}"
        return shown if self.namespace == DEFAULT_NAMESPACE else f"{self.namespace}/{shown}"
