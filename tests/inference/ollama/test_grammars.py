"""What was measured with Ollama 0.24: which schemas and patterns it follows, and which harm it."""

import pytest

from inference.ollama.grammars import NotFollowed, check
from inference.ollama.patterns import is_followed

FOLLOWED = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "^a\\.b$",
    "^(a|b){2}$",
    "^a|b$",
    "^(|a)$",
    "^()$",
    "^$",
    "^a{,3}$",
    "^a{3,}$",
    "^a{0}$",
    "^(a|b)+?$",
    "^[^\\]]+$",
    "^[]$",
    "^.*$",
    "^\\x41\\u0042\\n$",
    "^\\\\$",
    "^é b^c$",
)
ENDS_THE_SERVER = ("^(?:ab)$", "^(?=x)y$", "^?a$", "^*$", "^{2}$", "^(+)$")
KEEPS_IT_BUSY = ("^]$", "^}$", "^a}$", "^a{2,1}$")
ENDS_THE_RUNNER = (
    *("^\\d{4}$", "^\\w+$", "^[\\w]$", "^\\s$", "^\\bab$", "^\\-a$", "^[a\\-z]$", "^\\/$", "^\\@$"),
    *("^a|?$", "^a\\$", "^a{1000000}$", "^[a-z]{1,3000}$"),
)
REFUSED = ("abc", "", "^", "$", "^[a$", "^a{$", "^a{x}$", "^a{1,2,3}$", "^[\\]$", "^\\p{L}$")
ODD = ("^(a$", "^a)$", "^" + "(" * 21 + ")" * 21 + "$", "^a\nb$", "^[\n]$", "^a{,}$")


@pytest.mark.parametrize("pattern", FOLLOWED)
def test_a_pattern_is_followed(pattern):
    assert is_followed(pattern)


@pytest.mark.parametrize(
    "pattern", [*ENDS_THE_SERVER, *KEEPS_IT_BUSY, *ENDS_THE_RUNNER, *REFUSED, *ODD]
)
def test_a_pattern_is_not_followed(pattern):
    assert not is_followed(pattern)


def test_a_long_pattern_is_read_once():
    assert is_followed("^" + "(a|b)[c]{2}" * 1_800 + "$")


def referring(reference, **definitions):
    return {"$ref": reference, "$defs": definitions}


A = {"$ref": "#/$defs/a"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "string", "maxLength": 2000}, "maxItems": 2000},
        {"type": "string", "minLength": 3, "maxLength": 3.0},
        {"type": "integer", "minimum": 3, "maximum": 3},
        {"type": "number", "minimum": 9, "maximum": 3},
        {"type": "object", "properties": {"pattern": {"type": "string"}, "minItems": {}}},
        {"enum": [], "default": {"pattern": "(?:", "$ref": 5}},
        referring("#/$defs/a", a={"type": "object", "properties": {"n": A}}),
        referring("#/$defs/a", a={"type": "array", "items": A}),
        referring("#/$defs/a", a={"anyOf": [{"type": "string"}, {"items": A}]}),
        {"allOf": [A], "$defs": {"a": {"type": "object", "properties": {"n": A}}}},
        {"$ref": "#/anyOf/0", "anyOf": [{"type": "null"}]},
    ],
)
def test_a_schema_is_followed(schema):
    check(schema)


@pytest.mark.parametrize(
    ("schema", "part"),
    [
        ({"properties": {"a": {"pattern": "^(?:a)$"}}}, '"pattern": "^(?:a)$"'),
        ({"type": ["string", "null"], "pattern": 5}, '"pattern": 5'),
        ({"minItems": 5, "maxItems": 3}, '"maxItems": 3'),
        ({"items": [{"minLength": 5, "maxLength": 3}]}, '"maxLength": 3'),
        ({"minItems": 100_000}, '"minItems": 100000'),
        ({"maxLength": -1}, '"maxLength": -1'),
        ({"maxLength": True}, '"maxLength": true'),
        ({"minLength": "x"}, '"minLength": "x"'),
        ({"type": "integer", "minimum": 9, "maximum": 3}, '"maximum": 3'),
        (
            {"type": ["integer", "null"], "exclusiveMinimum": 3, "exclusiveMaximum": 4},
            '"exclusiveMaximum": 4',
        ),
        ({"type": "integer", "minimum": 10**30}, f'"minimum": {10**30}'),
        ({"anyOf": []}, '"anyOf": []'),
        ({"type": []}, '"type": []'),
        ({"$ref": "#"}, '"$ref": "#"'),
        ({"$ref": 5}, '"$ref": 5'),
        ({"$ref": "https://example.com/x"}, '"$ref": "https://example.com/x"'),
        (referring("#/$defs/none"), '"$ref": "#/$defs/none"'),
        (
            {"allOf": [{"$ref": "#/const/a"}], "const": {"a": {"allOf": [{"$ref": [1]}]}}},
            '"$ref": "#/const/a"',
        ),
        (referring("#/$defs/a", a=A), '"$ref": "#/$defs/a"'),
        (referring("#/$defs/a", a={"anyOf": [{"type": "string"}, A]}), '"$ref": "#/$defs/a"'),
        ({"allOf": [A], "$defs": {"a": A}}, '"$ref": "#/$defs/a"'),
        (
            {"allOf": [A], "$defs": {"a": {"properties": {"n": {"allOf": [A]}}}}},
            '"$ref": "#/$defs/a"',
        ),
    ],
)
def test_a_schema_is_not_followed(schema, part):
    with pytest.raises(NotFollowed) as refused:
        check(schema)
    assert str(refused.value) == part
