import pytest

from inference.shown_parameters import LONGEST_LINE, MOST_LINES, parse


def test_reads_what_ollama_prints():
    text = (
        'stop                           "<|im_start|>"\n'
        'stop                           "<|im_end|>"\n'
        "temperature                    0.6\n"
        "top_k                          20\n"
        "use_mmap                       true"
    )
    assert parse(text) == {
        "stop": ["<|im_start|>", "<|im_end|>"],
        "temperature": 0.6,
        "top_k": 20,
        "use_mmap": True,
    }


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "temperature", "temperature   ", "temperature [0.6]", "stop {}", "top_k null"],
)
def test_leaves_out_what_it_cannot_read(text):
    assert parse(text) == {}


def test_a_word_in_another_notation_is_taken_as_it_is():
    assert parse(r'stop   "\x1b"') == {"stop": [r"\x1b"]}


def test_endless_parameters_are_cut():
    many = parse("\n".join(f"option_{n} {n}" for n in range(10_000)))
    assert len(many) == MOST_LINES
    [stop] = parse('stop "' + "x" * 100_000)["stop"]
    assert len(stop) < LONGEST_LINE


def test_deep_nesting_does_no_harm():
    assert isinstance(parse("stop " + "[" * 1_000), dict)
