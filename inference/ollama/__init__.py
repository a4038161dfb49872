"""The Ollama protocol over httpx; knows nothing of Django.

`Client` is one server. What it is asked are `requests`, what it answers `results`, and what can go
wrong the tree in `errors`.
"""

from .answer import Answer
from .client import Client
from .errors import (
    BadAnswer,
    Busy,
    Interrupted,
    ModelMissing,
    NotAble,
    OllamaError,
    Refused,
    TooLong,
    Unreachable,
)
from .exchange import Timeouts
from .requests import ChatRequest, EmbedRequest, GenerateRequest
from .results import Embeddings, InstalledModel, LoadedModel, ModelDetails, Piece, Usage

__all__ = [
    "Answer",
    "BadAnswer",
    "Busy",
    "ChatRequest",
    "Client",
    "EmbedRequest",
    "Embeddings",
    "GenerateRequest",
    "InstalledModel",
    "Interrupted",
    "LoadedModel",
    "ModelDetails",
    "ModelMissing",
    "NotAble",
    "OllamaError",
    "Piece",
    "Refused",
    "Timeouts",
    "TooLong",
    "Unreachable",
    "Usage",
]
