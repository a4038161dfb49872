"""Words of many versions of Ollama, and which exception they become."""

import json

import pytest

from inference.ollama import (
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
from inference.ollama.refusals import LONGEST_SAID, failure, refusal

CONTEXT = "request (3630 tokens) exceeds the available context size (512 tokens), try increasing it"
NESTED = json.dumps(
    {"error": {"code": 400, "message": CONTEXT, "type": "exceed_context_size_error"}}
)
NO_IMAGES = "image input is not supported - hint: you may need to provide the mmproj"


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (400, "invalid model name", Refused),
        (400, "raw mode does not support template, system, or context", Refused),
        (400, "unexpected EOF", Refused),
        (400, '"bert" does not support chat', NotAble),
        (400, "registry.ollama.ai/library/llama2:latest does not support tools", NotAble),
        (400, "the input length exceeds the context length", TooLong),
        (400, "input length exceeds maximum context length", TooLong),
        (400, "input exceeds maximum context length", TooLong),
        (400, "the prompt is longer than the context length currently available", TooLong),
        (401, "unauthorized", Refused),
        (403, "ollama cloud is disabled: remote model is unavailable", Refused),
        (404, "model 'nope' not found", ModelMissing),
        (404, 'model "nope" not found, try pulling it first', ModelMissing),
        (404, "", ModelMissing),
        (429, "slow down", Busy),
        (500, 'option "num_ctx" must be of type integer', Refused),
        (500, "llama-server binary not found", Refused),
        (500, "model requires more system memory (8.4 GiB) than is available", NotAble),
        (500, "llama-server reported out-of-memory during startup: cudaMalloc", NotAble),
        (500, "llama-server process has terminated: exit 1: out of memory", NotAble),
        (500, "model runner has unexpectedly stopped, this may be due to …", Interrupted),
        (500, "timed out waiting for llama-server to start - loading", Interrupted),
        (500, "this model is missing data required for image input", NotAble),
        (501, "This server does not support embeddings.", NotAble),
        (502, "bad gateway", Unreachable),
        (503, "server busy, please try again.  maximum pending requests exceeded", Busy),
        (504, "", Unreachable),
        (599, "what?", Refused),
        (204, "", BadAnswer),
    ],
)
def test_an_answer_with_an_error(status: int, said: str, kind: type[OllamaError]) -> None:
    error = refusal(status, json.dumps({"error": said}).encode())
    assert type(error) is kind
    assert " ".join(said.split()) in error.message
    assert error.before_first_byte


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("an error was encountered while running the model: unexpected EOF", Interrupted),
        ("model 'nope' not found, try pulling it first", ModelMissing),
        ("something new", Interrupted),
        ("server busy, please try again", Busy),
        (NESTED, TooLong),
        (None, Interrupted),
        ({"message": "deep"}, Interrupted),
    ],
)
def test_a_line_with_an_error(said: object, kind: type[OllamaError]) -> None:
    assert type(failure(said)) is kind


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (json.dumps({"error": "plain"}), "plain"),
        (json.dumps({"error": NESTED}), CONTEXT),
        (json.dumps({"error": json.dumps({"error": NESTED})}), CONTEXT),
        (json.dumps({"error": {"message": NO_IMAGES, "type": "server_error"}}), NO_IMAGES),
        (json.dumps({"error": "{not json"}), "{not json"),
        (json.dumps({"error": "two\n lines\x00"}), "two lines"),
        (json.dumps({"error": "half a pair \ud800"}), "half a pair \ufffd"),
        ('{"error": ' * 5000, "{"),
        ("a page", "a page"),
    ],
)
def test_unwraps_what_the_runner_said(body: str, said: str) -> None:
    assert refusal(500, body.encode()).said.startswith(said)


def test_the_words_that_are_shown_have_a_bound() -> None:
    assert len(refusal(500, b"x" * 60_000).said) <= LONGEST_SAID + 1


def test_a_path_that_this_version_lacks_is_told_from_a_server_that_is_no_ollama() -> None:
    assert type(refusal(404, b"404 page not found")) is NotAble
    assert type(refusal(404, b"<html>Nothing here</html>")) is BadAnswer
    assert type(refusal(405, b"405 method not allowed")) is NotAble


def test_a_redirect_is_not_followed_but_named() -> None:
    assert type(refusal(301, b"<a href=/login>")) is BadAnswer
