"""What running answers look like at this moment, for pages that open or have missed a frame.

The worker's loop writes, views in threads read: a snapshot never changes, it is replaced.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from inference.live.json_answer import FENCE
from inference.live.live_text import NOTHING, LiveText, View

if TYPE_CHECKING:
    from inference.live.frames import LiveAnswer

# The answers that are written in this process, by subject. The worker adds and removes them.
live_answers: "dict[UUID, LiveAnswer]" = {}


class Written(Protocol):
    """What a run has saved of its answer."""

    @property
    def thinking(self) -> str: ...
    @property
    def text(self) -> str: ...


class Run(Protocol):
    """What is asked of a run here; inference.models.Run has it."""

    @property
    def id(self) -> UUID: ...
    @property
    def epoch(self) -> int: ...
    @property
    def subject(self) -> UUID: ...
    @property
    def is_json(self) -> bool:
        """Whether it was asked to answer in JSON."""

    def written(self) -> Written:
        """The text that is saved."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A running answer up to `offset` (code points of its thinking and text, what was before too).

    `thought_seconds` is how long it thought, if it has begun to answer, and `speed` how many tokens
    a second it writes; None where this process does not know.
    """

    run_id: UUID
    epoch: int
    offset: int
    closed_thinking: View = NOTHING
    open_thinking: View = NOTHING
    closed: View = NOTHING
    open: View = NOTHING
    answers: bool = False  # whether there is text, so that the thinking is over
    thought_seconds: int | None = None
    speed: int | None = None

    @property
    def thinking_html(self) -> str:
        return f"{self.closed_thinking}{self.open_thinking}"

    @property
    def closed_html(self) -> str:
        """The blocks that are final."""
        return str(self.closed)

    @property
    def open_html(self) -> str:
        """The blocks that may still change."""
        return str(self.open)

    @property
    def closed_thinking_html(self) -> str:
        return str(self.closed_thinking)

    @property
    def open_thinking_html(self) -> str:
        return str(self.open_thinking)

    def shows(self, thinking_html: str, html: str) -> bool:
        """Whether a page that has come this far shows just this thinking and text."""
        return (self.thinking_html, f"{self.closed}{self.open}") == (thinking_html, html)


def prefix(subject: UUID) -> str:
    """What makes the ids in an answer's text unique on a page."""
    return subject.hex


def thinking_prefix(subject: UUID) -> str:
    """The same for its thinking."""
    return f"{subject.hex}t"


def live_text(subject: UUID, *, is_json: bool) -> LiveText:
    """For the text of an answer; one in JSON grows as a block of code."""
    return LiveText(prefix(subject), first=FENCE if is_json else "")


def of(run: Run, before: str = "", before_thinking: str = "") -> Snapshot:
    """What the run has written, after what was there before it.

    From memory if the run is in this process, else rendered from what it has saved, which ends
    where a frame ended. Reads the database only in the second case.
    """
    live = live_answers.get(run.subject)
    if live is not None and live.run_id == run.id and live.epoch == run.epoch:
        return live.snapshot
    written = run.written()
    thinking, text = before_thinking + written.thinking, before + written.text
    thought = LiveText(thinking_prefix(run.subject))
    thought.append(thinking)
    thought.change()
    answer = live_text(run.subject, is_json=run.is_json)
    answer.append(text)
    answer.change()
    return Snapshot(
        run.id,
        run.epoch,
        len(thinking) + len(text),
        thought.closed_html,
        thought.open_html,
        answer.closed_html,
        answer.open_html,
        answers=bool(text),
    )
