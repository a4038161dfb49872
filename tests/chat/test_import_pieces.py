"""JSON that is read piece by piece: as json.loads reads it, and never a large file in memory."""

import json
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.importing import pieces
from chat.importing.pieces import Pieces

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('aé🌤\\"')
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text("ab é"), inner), max_leaves=10
)


@pytest.fixture(params=[1, 3, 50], autouse=True, scope="module")
def small_pieces(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "AHEAD", request.param)
        patch.setattr(pieces, "CHUNK", request.param)
        yield


def parsed(content):
    whole = Pieces(BytesIO(content).read)
    found = whole.value()
    whole.end()
    return found


@settings(max_examples=25)
@given(ANYTHING, st.booleans(), st.sampled_from([None, 1]))
def test_finds_what_json_finds(value, escaped, indent):
    content = json.dumps(value, ensure_ascii=escaped, indent=indent).encode()

    assert parsed(content) == value
    assert parsed(b"\xef\xbb\xbf \n" + content + b"\t\r\n") == value


@settings(max_examples=25)
@given(st.lists(ANYTHING, min_size=1), st.data())
def test_refuses_what_is_cut_off_anywhere(value, data):
    content = json.dumps(value, ensure_ascii=False).encode()
    length = data.draw(st.integers(0, len(content) - 1))

    with pytest.raises((UnicodeDecodeError, json.JSONDecodeError)):
        parsed(content[:length])


@pytest.mark.parametrize(
    "content", ["[1 2]", "[,]", "[1,]", '{"a" 1}', '{"a":1,}', "{1: 2}", "[1]]", "[} ", "nul", "01"]
)
def test_refuses_what_is_no_json(content):
    with pytest.raises(json.JSONDecodeError):
        parsed(content.encode())


def test_the_last_of_two_names_counts_and_no_number_is_none():
    assert parsed(b'{"a": [NaN, -Infinity, 1e999], "a": [Infinity]}') == {"a": [None]}


def test_nothing_comes_that_no_database_takes():
    assert parsed(rb'{"a\u0000": ["\ud800"]}') == {"a": ["\N{REPLACEMENT CHARACTER}"]}


def test_an_object_holds_its_lists_piece_by_piece():
    whole = Pieces(BytesIO(b'{"a": [1, 2], "b": {}, "c": []}').read)

    found = [
        (name, list(whole.elements()) if name in "ac" else whole.value())
        for name in whole.members()
    ]
    whole.end()

    assert found == [("a", [1, 2]), ("b", {}), ("c", [])]
