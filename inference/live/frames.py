"""A running answer, as the frames that pages apply.

A frame is JSON text that goes over the socket as it is; hx-ws swaps its `content`, one
`<hx-partial>` for each place that changes:

    #open-<subject>               before        blocks that have closed
    #open-<subject>               innerMorph    the open rest, where it is rendered again
    #open-<subject> pre > code    append        escaped text, where it is code that grows
    #open-thinking-<subject> …                  the same for the thinking
    #thought-for-<subject>        innerHTML     how long it thought ("3"), once it answers
    #speed-<subject>              innerHTML     tokens a second ("23"), at most once a second

It applies only to a page that shows the offset `from` of this run and epoch; it then shows `to`.
No frame holds a word of the interface: one serves readers of all languages.
"""

import json
from collections.abc import Callable
from time import monotonic
from uuid import UUID

from inference.live import snapshot
from inference.live.live_text import Change, LiveText
from inference.live.snapshot import Snapshot

# Bytes of a frame; what would be larger goes as a hint, and pages fetch what stands there.
LARGEST = 64_000
# Seconds between frames while little is open, and between hints; and for each kB that a frame had.
INTERVAL = 0.08
HINT_INTERVAL = 2.0
SECONDS_A_KB = 0.01
# Seconds between two figures of how fast it writes: they are read, not watched.
SPEED_INTERVAL = 1.0


def hint(subject: UUID) -> str:
    """Tells pages to fetch the article of this message."""
    return json.dumps({"kind": "changed", "message": str(subject)})


class LiveAnswer:
    """One run's answer while it is written. For one thread; `snapshot` may be read from any.

    `before` and `before_thinking` are what the message holds already, from an earlier run.
    """

    def __init__(
        self,
        run_id: UUID,
        epoch: int,
        subject: UUID,
        audience: UUID,
        *,
        before: str = "",
        before_thinking: str = "",
        is_json: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.run_id = run_id
        self.epoch = epoch
        self.subject = subject
        self.audience = audience
        self._clock = clock
        self._thinking = LiveText(snapshot.thinking_prefix(subject))
        self._text = snapshot.live_text(subject, is_json=is_json)
        self._fed = len(before_thinking) + len(before)
        self._answers = bool(before)
        self._thinks_since: float | None = None
        self._thought_seconds: int | None = None
        self._tokens = 0  # since the first ones came, then
        self._writes_since: float | None = None
        self._speed: int | None = None
        self._measured_at = 0.0
        self._size = 0
        self._hinted_at = -HINT_INTERVAL
        self._thinking.append(before_thinking)
        self._text.append(before)
        self._thinking.change()
        self._text.change()
        self.snapshot = self._snapshot()

    @property
    def offset(self) -> int:
        """Up to where pages have been brought; the frame to come starts here."""
        return self.snapshot.offset

    @property
    def interval(self) -> float:
        """Seconds to let pass between two frames: longer where frames have become long."""
        return max(INTERVAL, min(1.0, SECONDS_A_KB * self._size / 1000))

    def feed(self, thinking: str, text: str, tokens: int = 0) -> None:
        """Takes in what the model has written, in so many tokens; cheap, nothing is rendered."""
        if self._writes_since is None:
            self._writes_since = self._measured_at = self._clock()
        else:
            self._tokens += tokens
        if thinking:
            self._fed += len(thinking)
            self._thinking.append(thinking)
            if self._thinks_since is None:
                self._thinks_since = self._clock()
        if text:
            self._fed += len(text)
            self._text.append(text)
            if not self._answers and self._thinks_since is not None:
                self._thought_seconds = max(1, round(self._clock() - self._thinks_since))
            self._answers = True

    def frame(self) -> str | None:
        """What pages need to show all that was fed; None if they do, or have a hint to fetch it."""
        start = self.offset
        if self._fed == start:
            return None
        before = self.snapshot
        self._measure()
        thinking, text = self._thinking.change(), self._text.change()
        self.snapshot = self._snapshot()
        content = self._partials(f"open-thinking-{self.subject}", thinking)
        content += self._partials(f"open-{self.subject}", text)
        for name, figure, shown in (
            ("thought-for", self._thought_seconds, before.thought_seconds),
            ("speed", self._speed, before.speed),
        ):
            if figure != shown:
                content += _partial(f"#{name}-{self.subject}", "innerHTML", str(figure))
        return self._fit(
            {
                "kind": "live",
                "message": str(self.subject),
                "run": str(self.run_id),
                "epoch": self.epoch,
                "from": start,
                "to": self._fed,
                "content": content,
            }
        )

    def _fit(self, frame: dict[str, str | int]) -> str | None:
        text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
        self._size = len(text) if text.isascii() else len(text.encode())
        if self._size <= LARGEST:
            return text
        # Pages that got no hint notice the gap at the next frame that fits.
        now = self._clock()
        if now - self._hinted_at < HINT_INTERVAL:
            return None
        self._hinted_at = now
        return hint(self.subject)

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            self.run_id,
            self.epoch,
            self._fed,
            self._thinking.closed_html,
            self._thinking.open_html,
            self._text.closed_html,
            self._text.open_html,
            answers=self._answers,
            thought_seconds=self._thought_seconds,
            speed=self._speed,
        )

    def _measure(self) -> None:
        now = self._clock()
        if self._writes_since is None or now - self._measured_at < SPEED_INTERVAL:
            return
        self._measured_at = now
        self._speed = round(self._tokens / (now - self._writes_since)) or self._speed

    @staticmethod
    def _partials(target: str, change: Change) -> str:
        parts = ""
        if change.closed:
            parts += _partial(f"#{target}", "before", change.closed)
        if change.open is not None:
            parts += _partial(f"#{target}", "innerMorph", change.open)
        if change.grown:
            parts += _partial(f"#{target} pre > code", "append", change.grown)
        return parts


def _partial(target: str, swap: str, html: str) -> str:
    return f'<hx-partial hx-target="{target}" hx-swap="{swap}">{html}</hx-partial>'
