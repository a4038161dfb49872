"""Requests of /api/create as jobs keep them."""

from collections.abc import Mapping
from typing import Any

from inference.ollama import CreateRequest


def create_request(name: str, request: Mapping[str, Any]) -> CreateRequest:
    """The typed request; TypeError for a field that Ollama's has not."""
    fields = dict(request)
    return CreateRequest(name, fields.pop("from", ""), **fields)
