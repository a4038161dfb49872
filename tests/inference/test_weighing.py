"""Tokens of what is no English, against what tokenizers make of it: cl100k, and one digit each."""

import base64
import random

import pytest

from inference.context import CHARACTERS_PER_TOKEN
from inference.weighing import weigh

chance = random.Random(2)
NUMBERS = "\n".join(",".join(f"{chance.gauss(100, 30):.2f}" for _ in range(8)) for _ in range(99))
BASE64 = base64.b64encode(chance.randbytes(9_000)).decode()
HEX = chance.randbytes(5_000).hex()
CHINESE = "人工智能是计算机科学的一个分支，它试图了解智能的实质。" * 9
PROSE = "Fairness beats speed when a team shares one machine, and everybody knows it. " * 9


# Characters a token, measured.
@pytest.mark.parametrize(
    ("text", "fewest", "most"),
    [
        pytest.param(NUMBERS, 1.0, 1.62, id="numbers"),
        pytest.param(BASE64, 1.34, 1.47, id="base64"),
        pytest.param(HEX, 1.13, 1.76, id="hex"),
        pytest.param(CHINESE, 0.89, 1.42, id="chinese"),
    ],
)
def test_is_not_far_from_any_tokenizer(text, fewest, most):
    reckoned = weigh(text) / CHARACTERS_PER_TOKEN
    assert 0.55 * len(text) / fewest < reckoned < 1.5 * len(text) / most


def test_plain_words_weigh_their_length():
    assert weigh(PROSE) == len(PROSE)
    assert weigh("") == 0


def test_a_long_word_is_no_hash():
    assert weigh("a" * 900) == 900
    assert weigh("internationalization_of_everything") == 34


def test_a_text_that_nothing_encodes_is_weighed():
    assert weigh("a\ud800b") > 2


@pytest.mark.timeout(5)
@pytest.mark.parametrize("part", ["a", "1", "a1", "é", " ", "A" * 23 + " "], ids=repr)
def test_a_long_text_takes_no_long_time(part):
    assert weigh(part * (2_000_000 // len(part))) > 0
