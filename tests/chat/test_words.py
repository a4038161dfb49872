import pytest

from chat import words


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (1, "Next in line"),
        (2, "2nd in line"),
        (3, "3rd in line"),
        (4, "4th in line"),
        (11, "11th in line"),
        (12, "12th in line"),
        (21, "21st in line"),
        (102, "102nd in line"),
    ],
)
def test_a_place_in_line_has_its_english_ending(position, said):
    assert words.in_line(position) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "about 5 s"), (12, "about 10 s"), (38, "about 40 s"), (118, "about 2 min")],
)
def test_a_waiting_time_is_rounded(value, said):
    assert words.about(value) == said


@pytest.mark.parametrize(
    ("count", "said"), [(740, "740"), (3086, "3.1 k"), (8192, "8 k"), (32768, "32 k")]
)
def test_tokens_are_said_in_thousands(count, said):
    assert words.tokens(count) == said
