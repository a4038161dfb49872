"""Pages get what a running answer shows: from memory, or from what its run has saved."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from inference.live import snapshot
from inference.live.frames import LiveAnswer
from inference.live.snapshot import live_answers
from tests.inference.live.page import Page

SUBJECT = UUID(int=2)


@dataclass(frozen=True)
class Written:
    thinking: str
    text: str


@dataclass
class SavedRun:
    """As much of a run as a snapshot asks for."""

    id: UUID
    epoch: int
    saved: Written
    subject: UUID = SUBJECT
    is_json: bool = False

    def written(self) -> Written:
        return self.saved


def running(run: SavedRun, before: str = "") -> LiveAnswer:
    return LiveAnswer(run.id, run.epoch, SUBJECT, UUID(int=3), before=before)


@pytest.fixture
def live_here(monkeypatch: pytest.MonkeyPatch) -> LiveAnswer:
    live = running(SavedRun(UUID(int=1), 1, Written("", "")))
    monkeypatch.setitem(live_answers, SUBJECT, live)
    return live


def test_is_taken_from_memory_where_the_run_is_here(live_here: LiveAnswer) -> None:
    live_here.feed("", "not saved yet")
    live_here.frame()

    shown = snapshot.of(SavedRun(UUID(int=1), 1, Written("", "old")))

    assert shown is live_here.snapshot
    assert shown.offset == 13


@pytest.mark.parametrize(("run_id", "epoch"), [(9, 1), (1, 2)])
def test_is_not_taken_from_another_run_or_claim(
    live_here: LiveAnswer, run_id: int, epoch: int
) -> None:
    shown = snapshot.of(SavedRun(UUID(int=run_id), epoch, Written("", "saved")))

    assert (shown.run_id, shown.epoch, shown.offset) == (UUID(int=run_id), epoch, 5)


def test_what_is_saved_looks_as_in_the_process_that_writes_it() -> None:
    run = SavedRun(UUID(int=1), 1, Written("So. ", " and on\n\n```c\nint"))
    live = running(run, before="Before")
    live.feed("So. ", " and on\n\n```c\nint")
    live.frame()

    assert Page.of(snapshot.of(run, before="Before")) == Page.of(live.snapshot)


def test_a_page_from_what_is_saved_goes_on_with_the_frames() -> None:
    run = SavedRun(UUID(int=1), 1, Written("", "- one\n- tw"))
    live = running(run)
    live.feed("", "- one\n- tw")
    live.frame()
    page = Page.of(snapshot.of(run))

    live.feed("", "o\n\nend")
    frame = live.frame()
    assert frame is not None
    page.apply(frame)

    assert page == Page.of(live.snapshot)
