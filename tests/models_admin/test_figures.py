"""Bytes and tokens in words."""

import pytest

from models_admin import figures


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_600, "2 kB"),
        (999_600, "1.0 MB"),
        (2_080_000_000, "2.1 GB"),
        (99_900_000, "99.9 MB"),
        (99_960_000, "100 MB"),
    ],
)
def test_bytes_are_rounded(count, words):
    assert figures.size(count).replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    ("count", "words"), [(None, ""), (512, "512"), (131_072, "128 k"), (2_000, "2.0 k")]
)
def test_tokens_are_rounded(count, words):
    assert figures.tokens(count) == words
