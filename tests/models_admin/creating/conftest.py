import pytest

from inference.models import Description, Server
from tests.factories import a_model, a_server

CREATE = "/models/create/"
HTMX = {"HX-Request": "true"}
SOURCE = "pip:latest"
SHOWN = {
    "template": "{{ .System }}{{ .Prompt }}",
    "parameters": 'stop    "<|im_end|>"\ntemperature    0.7',
    "license": "CC0",
    "model_info": {
        "general.architecture": "pip",
        "pip.block_count": 4,
        "pip.attention.head_count": 8,
        "pip.attention.head_count_kv": 2,
        "pip.embedding_length": 512,
        "pip.context_length": 8192,
    },
}


@pytest.fixture
def server(db) -> Server:
    """One with a model that others can be made from, and all that is known of it."""
    server = a_server(name="gpu-1")
    own = {"temperature": 0.7, "stop": ["<|im_end|>"]}
    a_model(server, SOURCE, digest="d1", parameters=own, context_length=8192)
    Description.objects.keep("d1", SHOWN)
    return server


@pytest.fixture
def manager(mod, client_of):
    """The client of somebody who may make models."""
    return client_of(mod)


@pytest.fixture
def typed(server) -> dict[str, object]:
    """What has to be filled in."""
    return {"name": "mario", "source": SOURCE, "who": "everybody"}
