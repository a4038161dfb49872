"""An answer in JSON: code while it grows, a tree once it is whole."""

from uuid import UUID

from inference.live import json_answer, snapshot
from inference.live.frames import LiveAnswer

SUBJECT = UUID(int=2)


def live(before: str = "") -> LiveAnswer:
    return LiveAnswer(UUID(int=1), 1, SUBJECT, UUID(int=3), before=before, is_json=True)


def test_grows_as_code() -> None:
    answer = live()
    assert str(answer.snapshot.open) == ""
    answer.feed("", '{"a": ')
    answer.frame()
    answer.feed("", '"<b>\\n```\\n"')
    frame = answer.frame()
    assert frame is not None
    assert "&lt;b&gt;" in frame
    html = answer.snapshot.open_html
    assert html.count("<figure") == 1
    assert "JSON" in html


def test_offsets_count_what_the_model_wrote() -> None:
    answer = live(before='{"a"')
    assert answer.offset == 4
    answer.feed("", ": 1}")
    answer.frame()
    assert answer.offset == 8


def test_a_snapshot_of_saved_text_is_the_same() -> None:
    answer = live()
    answer.feed("", '{"a": 1')
    answer.frame()
    text = snapshot.live_text(SUBJECT, is_json=True)
    text.append('{"a": 1')
    text.change()
    assert str(text.open_html) == answer.snapshot.open_html


def test_whole_json_becomes_a_tree() -> None:
    html = json_answer.render('{"a": 1}\n\n', "p")
    assert json_answer.is_tree(html)


def test_half_of_it_stays_code() -> None:
    html = json_answer.render('{"a": [1, ', "p")
    assert not json_answer.is_tree(html)
    assert html.startswith('<figure class="code">')


def test_text_full_of_fences_stays_one_block() -> None:
    html = json_answer.render("no json\n```\n````` <script>\n```\nend", "p")
    assert html.count("<figure") == 1
    assert "<script" not in html


def test_nothing_is_nothing() -> None:
    assert json_answer.render(" \n", "p") == ""
