"""Bodies of requests that are wrong, and the words of Go for it."""

import re
from typing import Any

import pytest

from inference.practice import PracticeServer
from inference.practice.durations import FOR_EVER, seconds
from inference.practice.names import Name

from .asking import chat
from .raw_http import ask


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "missing request body"),
        (b"   ", "EOF"),
        (b"{", "unexpected EOF"),
        (b'{"model":"prac', "unexpected EOF"),
        (b"{x", "invalid character 'x' looking for beginning of object key string"),
        (b'{"model" x', "invalid character 'x' after object key"),
        (b"nope", "invalid character 'n' looking for beginning of value"),
        (b"NaN", "invalid character 'N' looking for beginning of value"),
        (b"[]", "json: cannot unmarshal array into Go value of type api.ChatRequest"),
        (b"[" * 100_000, "exceeded max depth"),
        (b"null", "model is required"),
    ],
)
async def test_refuses_what_is_no_request(server: PracticeServer, body: bytes, error: str):
    answer = await ask(server.url, "POST", "/api/chat", body=body)

    assert (answer.status, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize(
    ("fields", "kind", "field", "wanted"),
    [
        ({"model": 3}, "number", "model", "string"),
        ({"options": []}, "array", "options", "map[string]interface {}"),
        ({"tools": {}}, "object", "tools", "[]api.Tool"),
        ({"top_logprobs": True}, "bool", "top_logprobs", "int"),
        ({"messages": ["Hi"]}, "string", "messages", "api.Message"),
    ],
)
async def test_names_the_field_of_the_wrong_type(
    server: PracticeServer, fields: dict[str, Any], kind: str, field: str, wanted: str
):
    answer = await chat(server, **fields)

    assert answer.json()["error"] == (
        f"json: cannot unmarshal {kind} into Go struct field ChatRequest.{field} of type {wanted}"
    )


async def test_reads_only_the_first_value_and_names_in_any_case(server: PracticeServer):
    body = b'{"MODEL":"practice","Messages":[],"unknown":[1]} and more'

    answer = await ask(server.url, "POST", "/api/chat", body=body)

    assert answer.json()["done_reason"] == "load"


async def test_takes_null_for_not_given(server: PracticeServer):
    answer = await chat(server, stream=None, format=None, keep_alive=None, tools=None)

    assert answer.header("content-type") == "application/x-ndjson"


async def test_replaces_half_a_surrogate_pair(server: PracticeServer):
    body = b'{"model":"practice","stream":false,"messages":[{"role":"user","content":"a\\ud800b"}]}'

    answer = await ask(server.url, "POST", "/api/chat", body=body)

    assert "> a\ufffdb" in answer.json()["message"]["content"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"num_predict": "3"}, 'option "num_predict" must be of type integer'),
        ({"top_p": "1"}, 'option "top_p" must be of type float32'),
        ({"stop": "x"}, 'option "stop" must be of type array'),
        ({"stop": [1]}, 'option "stop" must be of an array of strings'),
        ({"use_mmap": 1}, 'option "use_mmap" must be of type boolean'),
    ],
)
async def test_an_option_of_the_wrong_type_is_500(
    server: PracticeServer, options: dict[str, Any], error: str
):
    answer = await chat(server, options=options)

    assert (answer.status, answer.json()) == (500, {"error": error})


async def test_cuts_the_fraction_off_an_integer_option(server: PracticeServer):
    assert (await chat(server, options={"num_predict": 2.9})).content() == "This is"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (0, 0.0),
        (2.5, 2.5),
        (-1, FOR_EVER),
        ("300ms", 0.3),
        ("1h30m", 5400.0),
        ("0", 0.0),
        ("-1m", FOR_EVER),
        ("1.5s", 1.5),
    ],
)
def test_reads_durations_as_go_does(given: Any, found: float):
    assert seconds(given) == pytest.approx(found)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("300", 'time: missing unit in duration "300"'),
        ("-1", 'time: missing unit in duration "-1"'),
        ("ten", 'time: invalid duration "ten"'),
        ("", 'time: invalid duration ""'),
        ("5x", 'time: unknown unit "x" in duration "5x"'),
        (True, "Unsupported type: 'bool'"),
        ([], "Unsupported type: '[]interface {}'"),
    ],
)
def test_says_what_is_wrong_with_a_duration(given: Any, error: str):
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        seconds(given)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("pip", "pip:latest"),
        (" Pip:q8 ", "Pip:q8"),
        ("team/pirate:v1", "team/pirate:v1"),
        ("library/pip", "pip:latest"),
        ("registry.ollama.ai/library/pip", "pip:latest"),
        ("127.0.0.1:5003/library/pip", "127.0.0.1:5003/library/pip:latest"),
        ("hf.co/org/repo:Q4_K_M", "hf.co/org/repo:Q4_K_M"),
    ],
)
def test_shows_names_without_what_is_usual(typed: str, shown: str):
    assert str(Name.parse(typed)) == shown


@pytest.mark.parametrize("typed", ["", "a b", "foo:", "/foo", "a/b/c/d", "x@sha256", "é", "a" * 81])
def test_knows_names_that_are_none(typed: str):
    assert Name.parse(typed) is None


async def test_finds_a_model_without_regard_to_case(server: PracticeServer):
    answer = await chat(server, model="PRACTICE:Latest")

    assert answer.lines()[0]["model"] == "PRACTICE:Latest"
