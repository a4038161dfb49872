"""Ollama's room for a grammar: the numbers of parts are those that a real one (0.24) still took."""

import pytest

from inference.ollama.grammar_size import TooLarge
from inference.ollama.grammars import check

TEXT = {"type": "string"}
RANGE = {"type": "integer", "minimum": 1 - 2**63, "maximum": 2**63 - 2}


def of_properties(count, value=TEXT, name="p{}", **more):
    names = [name.format(number) for number in range(count)]
    return {"type": "object", "properties": dict.fromkeys(names, value), **more}


def required(count, name="p{}", **more):
    schema = of_properties(count, name=name, **more)
    return {**schema, "required": list(schema["properties"])}


def long_names(count):
    return of_properties(count, name="a-property-with-a-name-that-goes-on-and-on-to-be-long-{}")


def ranges(count):
    return of_properties(count, RANGE)


def objects(count):
    return of_properties(count, of_properties(20))


def deep(count):
    schema = TEXT
    for _ in range(9):
        others = of_properties(count, name="some-long-name-{}")["properties"]
        schema = {"type": "object", "properties": {**others, "a-name-of-a-level": schema}}
    return schema


def with_others(count):
    return required(count, "name-{}-of-it", additionalProperties=TEXT)


def put_together(count):
    both = {"allOf": [{"$ref": "#/$defs/a"}]}
    return {**of_properties(count, both), "$defs": {"a": of_properties(20)}}


@pytest.mark.parametrize(
    ("make", "fits", "breaks"),
    [
        (of_properties, 200, 300),
        (required, 600, None),
        (long_names, 45, 100),
        (ranges, 6, 10),
        (objects, 9, 18),
        (deep, 2, 8),
        (with_others, 60, 158),
        (put_together, 7, 30),
    ],
)
def test_what_ollama_has_room_for(make, fits, breaks):
    check(make(fits))
    if breaks:
        with pytest.raises(TooLarge):
            check(make(breaks))


def test_long_lists_of_values_have_room():
    check({"enum": [f"value {number}" for number in range(1_000)]})


def test_what_doubles_at_each_step_is_given_up_soon():
    doubled = {f"d{step}": {"allOf": [{"$ref": f"#/$defs/d{step + 1}"}] * 2} for step in range(60)}
    with pytest.raises(TooLarge):
        check({"$ref": "#/$defs/d0", "$defs": {**doubled, "d60": of_properties(1)}})
