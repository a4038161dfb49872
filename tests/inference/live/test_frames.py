"""Frames bring a page from one offset to the next, and snapshots show what frames have brought."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.live import frames
from inference.live.frames import LiveAnswer
from tests.inference.live.page import RUN, SUBJECT, Clock, Page, answer
from tests.inference.live.texts import pieces


def frame_of(live: LiveAnswer) -> str:
    frame = live.frame()
    assert frame is not None
    return frame


def test_a_frame_says_what_it_is_for_and_from_where_to_where() -> None:
    live = answer(before="Hi ")
    live.feed("", "there")

    frame = json.loads(frame_of(live))

    content = frame.pop("content")
    assert frame == {
        "kind": "live",
        "message": str(SUBJECT),
        "run": str(RUN),
        "epoch": 1,
        "from": 3,
        "to": 8,
    }
    assert content == (
        f'<hx-partial hx-target="#open-{SUBJECT}" hx-swap="innerMorph">'
        '<p dir="auto">Hi there</p></hx-partial>'
    )


def test_the_speed_is_told_once_a_second() -> None:
    clock = Clock()
    live = answer(clock=clock)
    live.feed("", "one ", tokens=1)
    told = [live.frame()]
    for _ in range(30):
        clock.now += 0.1
        live.feed("", "more ", tokens=2)
        told.append(live.frame())

    [first, *others] = [frame for frame in told if frame and f"#speed-{SUBJECT}" in frame]

    assert ">20</hx-partial>" in first
    assert others == []  # it did not change
    assert live.snapshot.speed == 20


def test_there_is_no_frame_without_news() -> None:
    live = answer(before="Hi")
    assert live.frame() is None

    live.feed("", " you")
    live.frame()

    assert live.frame() is None


def test_offsets_count_code_points_as_they_came() -> None:
    live = answer()
    live.feed("😀", "a\r\n\0")

    assert json.loads(frame_of(live))["to"] == 5


@given(pieces(), pieces(), st.data())
@settings(max_examples=150, deadline=None)
def test_a_snapshot_is_what_a_page_shows_that_has_applied_all_frames(
    thinking: list[str], text: list[str], data: st.DataObject
) -> None:
    live, page = answer(), Page()
    fed = [(part, "") for part in thinking] + [("", part) for part in text]
    for part in fed:
        live.feed(*part)
        if data.draw(st.booleans()):
            continue
        frame = live.frame()
        if frame is not None:
            page.apply(frame)
        assert page == Page.of(live.snapshot)


@given(pieces(), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_a_page_that_opens_in_the_middle_goes_on_with_the_frames(
    text: list[str], opens_at: int
) -> None:
    live = answer()
    page = Page.of(live.snapshot)
    for index, part in enumerate(text):
        live.feed("", part)
        frame = live.frame()
        if index == opens_at:
            page = Page.of(live.snapshot)
        elif frame is not None and page.offset == json.loads(frame)["from"]:
            page.apply(frame)

    assert page == Page.of(live.snapshot)


def test_a_snapshot_does_not_change_when_the_answer_goes_on() -> None:
    live = answer()
    live.feed("", "one\n\n```\ntwo")
    live.frame()
    early = live.snapshot
    before = Page.of(early)

    live.feed("", " and more\n```\n\nthree\n\nfour\n")
    live.frame()

    assert Page.of(early) == before


def test_the_thinking_ends_with_the_first_word_of_the_answer() -> None:
    clock = Clock()
    live, page = answer(clock=clock), Page()
    live.feed("Well.", "")
    page.apply(frame_of(live))
    assert page.thought_seconds == ""

    clock.now += 7.4
    live.feed("", "Yes.")
    page.apply(frame_of(live))

    assert page.thinking.open == '<p dir="auto">Well.</p>'
    assert page.thought_seconds == "7"


def test_what_was_there_before_is_in_the_first_snapshot() -> None:
    live = answer(before="One\n\nTw", before_thinking="Hm")

    assert live.offset == 9
    assert live.snapshot.closed_html == '<p dir="auto">One</p>'
    assert live.snapshot.open_html == '<p dir="auto">Tw</p>'
    assert live.snapshot.thinking_html == '<p dir="auto">Hm</p>'


def test_a_frame_that_would_be_too_large_is_a_hint() -> None:
    live = answer()
    live.feed("", "word " * 20_000)

    frame = frame_of(live)

    assert json.loads(frame) == {"kind": "changed", "message": str(SUBJECT)}
    assert live.offset == 100_000


def test_hints_of_a_large_block_are_seconds_apart() -> None:
    clock = Clock()
    live = answer(clock=clock)
    sent = []
    for _ in range(50):
        live.feed("", "word " * 20_000 if not sent else "more ")
        sent.append(live.frame())
        clock.now += 0.08

    hints = [frame for frame in sent if frame]
    assert len(hints) == 2
    assert len({*hints}) == 1


def test_frames_after_a_large_one_start_where_the_snapshot_ends() -> None:
    live = answer()
    live.feed("", "word " * 20_000)
    live.frame()
    page = Page.of(live.snapshot)

    live.feed("", "\n\nshort\n")
    live.frame()
    page = Page.of(live.snapshot)
    live.feed("", "er")
    page.apply(frame_of(live))

    assert page == Page.of(live.snapshot)


@pytest.mark.parametrize(("size", "interval"), [(100, 0.08), (20_000, 0.2), (60_000, 0.6)])
def test_long_frames_are_made_less_often(size: int, interval: float) -> None:
    live = answer()
    live.feed("", "a" * size)
    live.frame()

    assert live.interval == pytest.approx(interval, rel=0.05)


def test_no_frame_exceeds_its_bytes_also_in_other_scripts() -> None:
    live = answer()
    live.feed("", "語" * 30_000)

    assert len(frame_of(live).encode()) <= frames.LARGEST
