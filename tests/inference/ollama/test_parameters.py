import json
from typing import Any

import pytest

from inference.ollama.parameters import (
    LONGEST_LINE,
    MOST_LINES,
    PARAMETERS,
    BadParameter,
    Kind,
    check,
    read,
    read_shown,
)

from .wire import recording


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"temperature": 0, "top_p": 0.9, "min_p": 1, "num_ctx": 4096, "seed": -1},
        {"num_ctx": 4096.0},  # JSON knows no integers, and Ollama takes it for one
        {"stop": ["<|im_end|>", "\n"], "use_mmap": False, "num_predict": -1},
        {"stop": []},
        {
            parameter.name: parameter.default
            for parameter in PARAMETERS.values()
            if parameter.kind is not Kind.TEXTS and parameter.default is not None
        },
    ],
)
def test_nothing_is_wrong(parameters: dict[str, Any]) -> None:
    assert check(parameters) == {}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("temperature", "hot", "A number is needed"),
        ("temperature", "0.8", "A number is needed"),
        ("temperature", None, "A number is needed"),
        ("temperature", True, "A number is needed"),
        ("temperature", float("nan"), "A number is needed"),
        ("temperature", float("inf"), "A number is needed"),
        ("temperature", -0.1, "0 or more"),
        ("top_p", 1.01, "1 or less"),
        ("num_ctx", "4096", "A whole number"),
        ("num_ctx", 4096.5, "A whole number"),
        ("num_ctx", False, "A whole number"),
        ("num_ctx", -1, "0 or more"),
        ("num_ctx", 10**12, "2147483647 or less"),
        ("use_mmap", 1, "true or false"),
        ("use_mmap", "true", "true or false"),
        ("stop", "<|im_end|>", "A list of texts"),
        ("stop", [1], "A list of texts"),
        ("stop", [""], "A list of texts"),
        ("stop", None, "A list of texts"),
        ("warmth", 3, "knows no parameter of this name."),
        ("temprature", 1, "Is it temperature?"),
        ("mirostat", 1, "not use this parameter any more"),
    ],
)
def test_says_what_is_wrong(name: str, value: Any, says: str) -> None:
    problems = check({name: value, "top_k": 40})
    assert list(problems) == [name]
    assert says in problems[name]


def test_finds_what_the_recorded_server_let_pass() -> None:
    for name in ("create/bad-parameter", "create/unknown-parameter"):
        parameters = recording(name)["request"]["body"]["parameters"]
        assert check(parameters).keys() == parameters.keys()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("num_ctx", "4096", 4096),
        ("seed", "-1", -1),
        ("seed", "+7", 7),
        ("temperature", "0.8", 0.8),
        ("temperature", "1", 1.0),
        ("temperature", ".5", 0.5),
        ("temperature", "1e-1", 0.1),
        ("use_mmap", "true", True),
        ("use_mmap", "F", False),
        ("stop", "<|im_end|>", "<|im_end|>"),
        ("stop", " ", " "),
    ],
)
def test_reads_what_is_written(name: str, text: str, value: Any) -> None:
    found = read(name, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("num_ctx", "many"),
        ("num_ctx", "4096.0"),
        ("num_ctx", "4_096"),
        ("num_ctx", "٤"),
        ("num_ctx", ""),
        ("num_ctx", "9" * 5000),
        ("temperature", "nan"),
        ("temperature", "inf"),
        ("temperature", "1e999"),
        ("temperature", "-1"),
        ("temperature", "0,8"),
        ("use_mmap", "yes"),
        ("stop", ""),
        ("warmth", "3"),
        ("", "3"),
    ],
)
def test_does_not_read_what_is_none(name: str, text: str) -> None:
    with pytest.raises(BadParameter) as raised:
        read(name, text)
    assert raised.value.sentence


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("show/pip", {"stop": ["<|im_start|>", "<|im_end|>"], "temperature": 0}),
        ("show/system-override", {"stop": ["<|im_start|>", "<|im_end|>"], "temperature": 0}),
        (
            "show/all",
            {"num_ctx": 1024, "seed": 7, "stop": ["<|im_end|>"], "temperature": 0, "top_p": 0.9},
        ),
    ],
)
def test_reads_what_the_recorded_server_shows(name: str, found: dict[str, Any]) -> None:
    response = recording(name)["response"]
    shown = response.get("body") or "".join(text for _, text in response["chunks"])
    parameters = read_shown(json.loads(shown)["parameters"])
    assert parameters == found
    assert check(parameters) == {}


def test_reads_what_go_quotes() -> None:
    shown = r'stop                           "a\n\t\"\\\x1f\u00e9\U0001f600"'
    assert read_shown(shown) == {"stop": ['a\n\t"\\\x1fé😀']}


def test_keeps_what_is_of_no_use_for_the_check() -> None:
    shown = 'temperature                    "hot"\nwarmth                         3\nnum_ctx x\nodd'
    found = read_shown(shown)
    assert found == {"temperature": "hot", "warmth": 3, "num_ctx": "x"}
    assert check(found).keys() == found.keys()


def test_those_that_load_the_model_again_are_marked() -> None:
    at_load = {parameter.name for parameter in PARAMETERS.values() if parameter.at_load}
    assert {"num_ctx", "num_gpu", "use_mmap"} <= at_load
    assert not {"temperature", "stop", "seed"} & at_load


def test_endless_parameters_are_cut() -> None:
    many = read_shown("\n".join(f"option_{n} {n}" for n in range(10_000)))
    assert len(many) == MOST_LINES
    [stop] = read_shown('stop "' + "x" * 100_000)["stop"]
    assert len(stop) < LONGEST_LINE


@pytest.mark.parametrize("text", ["", "\n\n", "temperature", "temperature   "])
def test_nothing_shown_is_no_parameter(text: str) -> None:
    assert read_shown(text) == {}


def test_a_number_without_end_stays_the_text_that_it_is() -> None:
    assert read_shown("temperature 1e999") == {"temperature": "1e999"}
