"""The Ollama protocol over httpx; knows nothing of Django.

`Client` is one server. What it is asked are `requests`, what it answers `results`, and what can go
wrong the tree in `errors`. `names`, `parameters`, `modelfile` and `layers` are pure: they check and
read what people write, and add up what the server tells.
"""

from .answer import Answer
from .client import Client
from .errors import (
    BadAnswer,
    BadFile,
    BlobMissing,
    Busy,
    EndedEarly,
    Interrupted,
    ModelMissing,
    NameRefused,
    NoSpace,
    NotAble,
    NotAllowed,
    NotInRegistry,
    OllamaError,
    Refused,
    RegistryUnreachable,
    TooLong,
    Unreachable,
    UntrustedRegistry,
)
from .exchange import Timeouts
from .requests import ChatRequest, CreateRequest, EmbedRequest, GenerateRequest
from .results import Embeddings, InstalledModel, LoadedModel, ModelDetails, Piece, Progress, Usage
from .transfer import Transfer

__all__ = [
    "Answer",
    "BadAnswer",
    "BadFile",
    "BlobMissing",
    "Busy",
    "ChatRequest",
    "Client",
    "CreateRequest",
    "EmbedRequest",
    "Embeddings",
    "EndedEarly",
    "GenerateRequest",
    "InstalledModel",
    "Interrupted",
    "LoadedModel",
    "ModelDetails",
    "ModelMissing",
    "NameRefused",
    "NoSpace",
    "NotAble",
    "NotAllowed",
    "NotInRegistry",
    "OllamaError",
    "Piece",
    "Progress",
    "Refused",
    "RegistryUnreachable",
    "Timeouts",
    "TooLong",
    "Transfer",
    "Unreachable",
    "UntrustedRegistry",
    "Usage",
]
