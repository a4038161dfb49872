"""JSON as a tree: readable, whole, and never markup of a model's."""

import json
import re

import pytest

from inference.live import json_tree
from inference.live.json_tree import DEEPEST, LONGEST, MOST_VALUES, NoJson, tree, tree_of
from tests.inference.live.payloads import RAW_HTML


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_shows_names_and_values_in_their_order() -> None:
    html = tree('{"name": "Ann", "age": 7, "tags": ["a", "b"], "left": null, "here": true}')
    assert words(html) == "name Ann age 7 tags [2] 1 a 2 b left null here true"


def test_folds_what_lies_deep() -> None:
    html = tree('{"a": {"b": {"c": 1}}}')
    assert html.count("<details open>") == 1
    assert html.count("<details>") == 1


def test_numbers_stand_as_they_were_written() -> None:
    long = "9" * 6_000
    assert words(tree('{"n": 1.10, "big": 123456789012345678901234567890}')) == (
        "n 1.10 big 123456789012345678901234567890"
    )
    assert words(tree(f"[{long}]")).endswith("9…")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{}", "{}"),
        ("[]", "[]"),
        ('""', '""'),
        ("1", "1"),
        ('"word"', "word"),
        (" null\n\n", "null"),
    ],
)
def test_a_value_alone_is_shown_too(text: str, shown: str) -> None:
    assert words(tree(text)) == shown


def test_a_name_that_is_there_twice_is_shown_twice() -> None:
    assert words(tree('{"a": 1, "a": 2}')) == "a 1 a 2"


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", '{"a": 1', '{"a": 1} and more', "NaN", "[Infinity]", "'a'", "[" * 100_000],
)
def test_what_is_no_whole_json_is_refused(text: str) -> None:
    with pytest.raises(NoJson):
        tree(text)


@pytest.mark.parametrize("hostile", RAW_HTML)
def test_lets_no_markup_through(hostile: str) -> None:
    html = tree(json.dumps({hostile: [hostile, {hostile: hostile}]}))
    elements = r"/?(div|ul|li|details|summary|b|bdi|small|span)"
    ours = rf'<({elements}|div class="tree"|details open|span class="s" dir="auto")>'
    assert "<" not in re.sub(ours, "", html)


def test_the_number_of_values_is_bounded() -> None:
    html = tree(json.dumps(list(range(MOST_VALUES * 2))))
    assert html.count("<li>") == MOST_VALUES + 1
    assert "…" in html


def test_a_wide_value_inside_leaves_the_bound_to_the_whole() -> None:
    html = tree(json.dumps([list(range(MOST_VALUES)) for _ in range(50)]))
    assert html.count("<li>") <= MOST_VALUES + 60


def test_depth_is_bounded() -> None:
    html = tree("[" * 400 + "]" * 400)
    assert html.count("<details") == DEEPEST - 1
    assert "…" in html


def test_a_long_value_is_cut() -> None:
    assert len(tree(json.dumps("x" * 100_000))) < LONGEST + 200


def test_control_characters_and_halves_are_not_shown() -> None:
    assert words(tree(r'{"a\u0000": "b\ud800"}')) == "a b\N{REPLACEMENT CHARACTER}"


def test_takes_a_value_that_was_parsed() -> None:
    assert words(tree_of({"city": "Köln"})) == "city Köln"
    with pytest.raises(NoJson):
        tree_of(object())


def test_the_same_for_all_readers() -> None:
    assert not re.search(r"[A-Za-z]{3,}", words(json_tree.tree('{"a": [1, {}]}')))
