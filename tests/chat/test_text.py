import pytest
from django.core.exceptions import ValidationError

from chat.text import LONGEST_MADE_TITLE, check_length, clean, title_of


def test_clean_drops_what_a_database_refuses():
    assert clean("a\0b\ud800c\r\nd\re") == "ab?c\nd\ne"


def test_clean_leaves_emoji_and_directions_alone():
    text = "👩‍🔬 שלום \u200bzero"
    assert clean(text) == text


def test_check_length_counts_bytes():
    check_length("x" * 1_000_000)
    with pytest.raises(ValidationError, match=r"1\.20 MB"):
        check_length("ä" * 600_000)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("  two\n\nlines ", "two lines"),
        ("word " * 40, "word word word word word word word word word word word word …"),
        ("x" * 200, "x" * (LONGEST_MADE_TITLE - 1) + " …"),
    ],
)
def test_title_is_made_of_the_first_words(text, title):
    assert title_of(text) == title
