"""What the form takes as a schema a real Ollama follows; what it refuses could end that server."""

import json

import pytest

from tests.inference.ollama.test_grammars import FOLLOWED
from tests.instance import Instance, until

pytestmark = [pytest.mark.live, pytest.mark.processes]

PIP = "pip:latest"
TREE = {"type": "object", "properties": {"below": {"$ref": "#/$defs/tree"}}}
SCHEMAS = {
    "every pattern": {"anyOf": [{"type": "string", "pattern": each} for each in FOLLOWED]},
    "limits": {
        "type": "array",
        "items": {"type": "string", "minLength": 2, "maxLength": 2000},
        "minItems": 1,
        "maxItems": 2000,
    },
    "a tree": {"$ref": "#/$defs/tree", "$defs": {"tree": TREE}},
    "many properties": {"properties": {f"p{n}": {"type": "string"} for n in range(230)}},
    "all of": {"allOf": [{"$ref": "#/$defs/tree"}], "$defs": {"tree": TREE}},
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_that_the_form_takes_is_followed(real: Instance, name):
    ann = real.visitor("ann")
    settings = {"format": "schema", "schema": json.dumps(SCHEMAS[name]), "num_predict": "8"}
    ann.http.post("/conversations/settings/", data=settings).raise_for_status()
    ann.ask("Hi!", PIP)
    until(real.is_idle, "the answer has ended")
    [(status, error)] = real.database.rows("SELECT status, error FROM inference_run")
    assert (status, error) == ("done", "")
