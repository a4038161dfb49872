"""One run in this process, from the request to Ollama until its answer has ended."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from inference import outcomes, wakeups
from inference.claims import Claim
from inference.live.frames import LiveAnswer
from inference.ollama import Client, Piece
from inference.outcomes import Outcome
from inference.pacing import Pace
from inference.seam import Seam
from inference.unsaved import Unsaved

log = logging.getLogger(__name__)

# A model that repeats itself for ever ends here, in characters; so do its tool calls, in number.
LONGEST_ANSWER = 4_000_000
MOST_TOOL_CALLS = 1_000
# A frame that took long to make is made less often: this much of the time at most.
SHARE_OF_TIME = 0.1

# Reads come at a pace of their own, a little quicker than frames: no frame waits for the next one.
EARLY = 0.75

# Why we end a run ourselves, beside the kinds of outcomes.
STOPPED = "stopped"
LOST = "lost"


class Running:
    """Reads one answer, shows it, and keeps what is not saved yet.

    It never writes to the database: the worker saves all runs together. `end()` may be called at
    any time, also while Ollama has the request in its own queue or loads the model.
    """

    def __init__(
        self,
        claim: Claim,
        client: Client,
        *,
        pace: Pace,
        now: Callable[[], datetime],
        seconds: float,
    ) -> None:
        """`seconds` bounds the whole answer; `now` is the clock of what is saved."""
        run = claim.run
        self.claim = claim
        self.id: UUID = run.pk
        self.epoch: int = run.epoch
        self.unsaved = Unsaved()
        self.first_token_at: datetime | None = None
        self.first_token_saved = False
        self.tool_calls: list[dict[str, Any]] = []
        # The end is being written: the saver leaves this run alone.
        self.closed = False
        self.live: LiveAnswer | None = None
        self.group = ""
        if run.audience is not None:
            self.group = wakeups.audience_group(run.audience)
            self.live = LiveAnswer(
                run.pk,
                run.epoch,
                run.subject,
                run.audience,
                before=claim.before,
                before_thinking=claim.before_thinking,
                is_json=run.is_json,
            )
        self._client = client
        self._pace = pace
        self._now = now
        self._seconds = seconds
        self._seam = Seam(claim.before)
        self._length = 0
        self._next_frame = 0.0
        self._last: Piece | None = None
        self._why = ""
        self._reading: asyncio.Task[None] | None = None

    @property
    def lost(self) -> bool:
        """True once another process has the run, or ended it: there is nothing to write."""
        return self._why == LOST

    def unsaved_first_token(self) -> datetime | None:
        """When the first token came, if that was not saved yet."""
        return None if self.first_token_saved else self.first_token_at

    def end(self, why: str) -> None:
        """Closes the connection to Ollama; `why` is STOPPED, LOST or a kind of outcomes."""
        if self._why:
            return  # one cancel only: a second one leaks the connection (encode/httpx#3782)
        self._why = why
        if self._reading is not None:
            self._reading.cancel()

    async def read(self) -> Outcome:
        """Asks Ollama and reads until the end, whatever it is. Raises nothing."""
        if not self._why:
            self._reading = asyncio.create_task(self._read())
            await asyncio.wait({self._reading}, timeout=self._seconds)
            if not self._reading.done():
                self.end("time_limit")
                await asyncio.wait({self._reading})
        self._add("", self._seam.end())
        await self._show()
        return self._outcome()

    async def show_if_due(self) -> None:
        """Sends a frame if the last one is long enough ago, else waits for the pace."""
        if asyncio.get_running_loop().time() >= self._next_frame:
            await self._show()
        else:
            self._pace.wait(self)

    async def _read(self) -> None:
        async with self._client.chat(self.claim.request) as pieces:
            async for batch in pieces:
                self._take(batch)
                await self.show_if_due()

    def _take(self, batch: list[Piece]) -> None:
        thinking = "".join([piece.thinking for piece in batch])
        text = "".join([piece.content for piece in batch])
        for piece in batch:
            if piece.tool_calls:
                self.tool_calls.extend(piece.tool_calls)
            if piece.done:
                self._last = piece
        if self.first_token_at is None and (thinking or text or self.tool_calls):
            self.first_token_at = self._now()
        self._add(thinking, self._seam.feed(text), tokens=len(batch))
        self._length += len(thinking) + len(text)
        if self._length > LONGEST_ANSWER or len(self.tool_calls) > MOST_TOOL_CALLS:
            self.end("size_limit")

    def _add(self, thinking: str, text: str, tokens: int = 0) -> None:
        if not thinking and not text:
            return
        self.unsaved.add(thinking, text)
        if self.live is not None:
            self.live.feed(thinking, text, tokens)

    def _frame(self) -> str | None:
        assert self.live is not None  # noqa: S101
        try:
            return self.live.frame()
        except Exception:
            # The text is worth more than how it looks: pages get it when the answer has ended.
            log.exception("run %s cannot be rendered while it runs", self.id)
            self.live = None
            return None

    async def _show(self) -> None:
        self._pace.forget(self)
        if self.live is None:
            self.unsaved.mark_shown()
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        frame = self._frame()
        self.unsaved.mark_shown()
        cost = loop.time() - began
        interval = max(self._pace.interval, self.live.interval if self.live else 0.0) * EARLY
        self._next_frame = began + max(interval, cost / SHARE_OF_TIME)
        if frame is not None:
            await wakeups.ashow(self.group, frame)

    def _outcome(self) -> Outcome:
        model = self.claim.run.model_name
        task = self._reading
        if task is not None and not task.cancelled():
            error = task.exception()
            if error is None and self._last is not None:
                return outcomes.done(self._last.done_reason, self._last.usage)
            if isinstance(error, Exception) and not self._why:
                if outcomes.is_ours(error):
                    log.error("run %s failed", self.id, exc_info=error)
                return outcomes.of_error(error, model)
        if self._why in (STOPPED, LOST):
            return outcomes.stopped()
        return outcomes.ended_by(self._why or "restart", model)
