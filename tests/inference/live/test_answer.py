"""The markup that a running answer has in a page."""

from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation

from inference.live.frames import LiveAnswer
from inference.live.snapshot import Snapshot

SUBJECT = UUID(int=2)


def answer(thinking: str = "", text: str = "") -> Snapshot:
    live = LiveAnswer(UUID(int=1), 3, SUBJECT, UUID(int=4))
    if thinking:
        live.feed(thinking, "")
    if text:
        live.feed("", text)
    live.frame()
    return live.snapshot


def shown(snapshot: Snapshot) -> str:
    with translation.override("en"):
        return render_to_string("live/_answer.html", {"snapshot": snapshot, "subject": SUBJECT})


def test_says_which_run_and_offset_it_shows() -> None:
    html = shown(answer(text="one\n\ntwo\n"))

    assert (
        f'<div class="prose" id="text-{SUBJECT}" data-run="{UUID(int=1)}" data-epoch="3"'
        ' data-offset="9"><p dir="auto">one</p>'
        f'<div class="open" id="open-{SUBJECT}"><p dir="auto">two</p></div></div>'
    ) in html


def test_has_a_place_for_the_thinking_from_the_start() -> None:
    html = shown(answer())

    assert f'<div class="open" id="open-thinking-{SUBJECT}"></div>' in html
    assert f'<span class="seconds" id="thought-for-{SUBJECT}"></span>' in html


def test_says_how_long_it_thought_once_it_answers() -> None:
    html = shown(answer("Hm.", "Yes."))

    assert f'Thought for <span class="seconds" id="thought-for-{SUBJECT}">1</span> s' in html


def test_says_only_that_it_thought_where_nobody_knows_how_long() -> None:
    html = shown(Snapshot(UUID(int=1), 3, 0, answers=True))

    assert "Thoughts" in html
    assert "Thought for" not in html
