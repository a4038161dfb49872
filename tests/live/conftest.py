"""The real servers that the live tests ask; a test whose server is not named is skipped."""

import os

import pytest

from tests.instance import Instance


def named(variable: str, what: str) -> str:
    """The value of a variable; the test is skipped where it names nothing."""
    return os.environ.get(variable) or pytest.skip(f"{variable} names no {what}")


@pytest.fixture
def ollama() -> str:
    """The address of a real Ollama that has the models pip and pip-think."""
    return named("WEBCHAT_LIVE_OLLAMA", "server")


@pytest.fixture
def registry() -> str:
    """The host of a registry of models, with its port."""
    return named("WEBCHAT_LIVE_REGISTRY", "registry").rpartition("//")[2].rstrip("/")


@pytest.fixture
def sees(ollama: str) -> str:
    """A model on it that sees images."""
    return named("WEBCHAT_LIVE_VISION", "model")


@pytest.fixture
def real(new_instance, ollama: str) -> Instance:
    return new_instance(WEBCHAT_OLLAMA_URL=ollama, WEBCHAT_TITLES="no")
