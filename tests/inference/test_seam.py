import pytest

from inference.seam import Seam


@pytest.mark.parametrize(
    ("before", "pieces", "whole"),
    [
        ("Hello", [" wor", "ld"], "Hello world"),
        ("Hello", ["world"], "Helloworld"),
        ("Hello ", [" world"], "Hello world"),
        ("Hello ", ["world"], "Hello world"),
        ("Hello ", [" ", "world"], "Hello world"),
        ("Hello\n", ["\n", "\nworld", " and"], "Hello\n\nworld and"),
        ("Hello\n\n", ["\n", "world"], "Hello\n\nworld"),
        ("Hello ", ["\n"], "Hello "),
        ("", ["  code"], "  code"),
    ],
)
def test_white_space_at_the_seam_counts_once(before, pieces, whole):
    seam = Seam(before)
    assert before + "".join(map(seam.feed, pieces)) + seam.end() == whole
