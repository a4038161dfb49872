"""A page as the browser holds it, which applies frames as htmx and hx-ws do."""

import json
import re
from dataclasses import dataclass, field
from uuid import UUID

from inference.live.frames import LiveAnswer
from inference.live.snapshot import Snapshot

PARTIAL = re.compile(
    r'<hx-partial hx-target="([^"]*)" hx-swap="([^"]*)">(.*?)</hx-partial>', re.DOTALL
)
CODE_END = "</code></pre></figure>"
RUN, SUBJECT, AUDIENCE = UUID(int=1), UUID(int=2), UUID(int=3)


class Clock:
    """Stands still until it is told to go on."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def answer(before: str = "", before_thinking: str = "", clock: Clock | None = None) -> LiveAnswer:
    """A run's answer that begins."""
    return LiveAnswer(
        RUN,
        1,
        SUBJECT,
        AUDIENCE,
        before=before,
        before_thinking=before_thinking,
        clock=clock or Clock(),
    )


@dataclass
class Prose:
    """Closed blocks, and the open part after them."""

    closed: str = ""
    open: str = ""

    def apply(self, place: str, swap: str, html: str) -> None:
        if place == "" and swap == "before":
            self.closed += html
        elif place == "" and swap == "innerMorph":
            self.open = html
        elif place == " pre > code" and swap == "append":
            assert self.open.count("<pre") == 1
            assert self.open.endswith(CODE_END)
            self.open = self.open.removesuffix(CODE_END) + html + CODE_END
        else:
            raise AssertionError(f"{place!r} {swap}")


@dataclass
class Page:
    """What a page shows of one answer."""

    offset: int = 0
    text: Prose = field(default_factory=Prose)
    thinking: Prose = field(default_factory=Prose)
    thought_seconds: str = ""

    def apply(self, frame: str) -> None:
        """Applies a live frame that starts where the page is."""
        data = json.loads(frame)
        assert data["kind"] == "live"
        assert data["from"] == self.offset
        subject = data["message"]
        rest = data["content"]
        for partial in PARTIAL.finditer(data["content"]):
            target, swap, html = partial.groups()
            rest = rest.replace(partial[0], "", 1)
            if target == f"#thought-for-{subject}":
                self.thought_seconds = html
            elif target.startswith(f"#open-thinking-{subject}"):
                self.thinking.apply(target.removeprefix(f"#open-thinking-{subject}"), swap, html)
            else:
                assert target.startswith(f"#open-{subject}")
                self.text.apply(target.removeprefix(f"#open-{subject}"), swap, html)
        assert rest == ""
        self.offset = data["to"]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Page":
        """What a page shows that fetched this snapshot."""
        return cls(
            snapshot.offset,
            Prose(snapshot.closed_html, snapshot.open_html),
            Prose(snapshot.closed_thinking_html, snapshot.open_thinking_html),
            "" if snapshot.thought_seconds is None else str(snapshot.thought_seconds),
        )
