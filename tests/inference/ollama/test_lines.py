import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.ollama import BadAnswer
from inference.ollama.lines import JsonLines, clean_text, parse_object

from .wire import recording

MARKDOWN = "".join(text for _, text in recording("chat/unicode")["response"]["chunks"]).encode()
LINES = [line for line in MARKDOWN.split(b"\n") if line]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def fed(parts: list[bytes], longest: int = 10**6) -> list[bytes]:
    lines = JsonLines(longest)
    return [line for part in parts for line in lines.feed(part)] + lines.end()


@given(st.lists(st.integers(0, len(MARKDOWN)), max_size=60))
def test_gives_the_same_lines_wherever_the_bytes_are_cut(places: list[int]) -> None:
    assert fed(cut(MARKDOWN, places)) == LINES


def test_gives_the_same_lines_byte_by_byte() -> None:
    assert fed([bytes([byte]) for byte in MARKDOWN]) == LINES


@given(st.lists(st.text().map(lambda text: {"content": text}), max_size=8))
def test_ends_a_line_at_a_line_feed_only(objects: list[dict]) -> None:
    data = "\n".join(json.dumps(value, ensure_ascii=False) for value in objects).encode()
    assert [parse_object(line)["content"] for line in fed([data])] == [
        clean_text(value["content"]) for value in objects
    ]


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_text_may_hold_the_line_ends_of_unicode(separator: str) -> None:
    line = json.dumps({"content": f"a{separator}b"}, ensure_ascii=False).encode()
    assert [parse_object(found) for found in fed([line + b"\n"])] == [{"content": f"a{separator}b"}]


def test_skips_blank_lines() -> None:
    assert fed([b"\n{}\n\r\n  \n", b"\n", b"{}\r\n\n"]) == [b"{}", b"{}\r"]


def test_the_last_line_needs_no_line_feed() -> None:
    assert fed([b'{"a":', b"1}"]) == [b'{"a":1}']


def test_refuses_a_line_that_does_not_end() -> None:
    lines = JsonLines(longest=10)
    lines.feed(b"x" * 6)
    with pytest.raises(BadAnswer):
        lines.feed(b"x" * 6)


def test_refuses_a_long_line_that_came_at_once() -> None:
    with pytest.raises(BadAnswer):
        JsonLines(longest=10).feed(b"{}\n" + b"x" * 11 + b"\n{}\n")


def test_takes_many_lines_that_are_longer_together() -> None:
    assert len(fed([b"x" * 9 + b"\n"] * 100, longest=10)) == 100


@pytest.mark.parametrize(
    "line",
    [
        b"<html>",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"{} {}",
        b'{"a": 1}}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',  # a surrogate in UTF-8
        b'{"a": "\x00"}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' + b"[" * 100_000,
        b'{"a": ' + b'{"a": ' * 100_000,
        '{"a": 1}'.encode("utf-16"),
    ],
    ids=range(15),
)
def test_refuses_what_is_no_json_object(line: bytes) -> None:
    with pytest.raises(BadAnswer):
        parse_object(line)


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_deep_nesting_with_text_to_clean_ends_well(depth: int) -> None:
    line = b'{"a": ' + b"[" * depth + b'"\\u0000"' + b"]" * depth + b"}"
    try:
        parse_object(line)
    except BadAnswer:
        assert depth > 300


def test_takes_nul_and_lone_surrogates_out_of_all_text() -> None:
    line = rb'{"a\u0000": ["x\uD83Dy", {"b": "\u0000\udE00"}], "c": "\ud83d\ude00", "d": 1}'
    assert parse_object(line) == {"a": ["x\ufffdy", {"b": "\ufffd"}], "c": "😀", "d": 1}


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_clean_text_can_be_stored(text: str) -> None:
    assert b"\0" not in clean_text(text).encode()
