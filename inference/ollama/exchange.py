"""One request and its answer, in a task of its own and under watch."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Self

import httpx

from .errors import BadAnswer, Busy, Interrupted, OllamaError, Unreachable
from .network import PACE, PacedStream
from .refusals import refusal

MOST_AHEAD = 1024 * 1024  # bytes that are read before anybody takes them; then reading waits
LONGEST_REFUSAL = 64 * 1024  # bytes of an error's body that are looked at


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds."""

    connect: float = 5
    write: float = 30
    permit: float = 5  # for one of the connections that we allow ourselves
    first_byte: float = 600  # a model may have to be loaded, and a long prompt be read
    gap: float = 120  # between two bytes of an answer
    answer: float = 30  # for the whole of an answer that needs no model: tags, show, ps, version
    job_gap: float = 1800  # of a pull, push or create: the check of a large model is silent


@dataclass(frozen=True, slots=True)
class Reading:
    """What an exchange makes of a status."""

    good: Collection[int] = (200,)
    refusal: Callable[[int, bytes], OllamaError] = refusal


JUST_200 = Reading()


class Exchange:
    """Sends a request on entering, gives out the body's bytes as they come, ends on leaving.

    httpx loses connections when a task is cancelled twice (encode/httpx#3782), and who uses this
    may be. So all of httpx happens in a task that only we know, cancelled at most once. Leaving
    closes the connection however far the answer has come: that is how Ollama is told to stop.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        request: httpx.Request,
        permits: asyncio.Semaphore,
        running: "set[Exchange]",
        timeouts: Timeouts,
        total: float | None = None,
        reading: Reading = JUST_200,
    ) -> None:
        """It is in `running` until its connection is closed; `total` seconds are for all of it."""
        self._transport = transport
        self._request = request
        self._permits = permits
        self._running = running
        self._timeouts = timeouts
        self._total = total
        self._reading = reading

        self._loop = asyncio.get_running_loop()
        self._came: list[bytes] = []
        self._ahead = 0  # bytes in _came
        self._network: PacedStream | None = None  # once the head of a good answer has come
        self._began = False  # a byte of its body has come
        self._ended = False
        self._error: Exception | None = None

        self._task: asyncio.Task[None] | None = None
        self._cancelled = False
        self._reader: asyncio.Future[None] | None = None  # is waiting for bytes
        self._room: asyncio.Future[None] | None = None  # our task is waiting for the reader
        self._last_sign = 0.0
        self._deadline: float | None = None
        self._watch: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._exchange())
        self._running.add(self)  # also for the loop, which would let a task be collected
        self._task.add_done_callback(lambda _: self._running.discard(self))
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.end("we went away")

    async def end(self, why: str) -> None:
        """Closes the connection; who still reads gets Interrupted, with `why`."""
        self._cancel(Interrupted(why))
        if self._task:
            await asyncio.wait([self._task])  # if we are cancelled here, the task still ends

    async def read(self) -> bytes:
        """All bytes that came since the last call, waiting for some; b"" at a good end.

        Raises an OllamaError at any other end, after the last bytes were given out.
        """
        while not self._came:
            if self._error:
                raise self._error
            if self._ended:
                return b""
            self._reader = self._loop.create_future()
            await self._reader
        data = b"".join(self._came)
        self._came.clear()
        self._ahead = 0
        _wake(self._room)
        return data

    def sent(self) -> None:
        """For who makes the request's body to call after each part: that is no silence."""
        self._last_sign = self._loop.time()

    def slow_down(self, pace: float = PACE) -> None:
        """From now on gather what comes, and give it out about every `pace` seconds."""
        if self._network:
            self._network.slow_down(pace)

    async def _exchange(self) -> None:
        try:
            await self._take_permit()
            try:
                self._last_sign = self._loop.time()
                self._deadline = self._last_sign + self._total if self._total else None
                self._look()
                await self._send()
            finally:
                self._permits.release()
        except Exception as error:  # for read() to raise: nobody awaits this task's result
            self._error = self._error or _translated(error, answering=self._network is not None)
        finally:
            self._ended = True
            if self._watch:
                self._watch.cancel()
            _wake(self._reader)

    async def _take_permit(self) -> None:
        # Waiting here, not in httpx, whose pool loses connections to those who leave its queue.
        try:
            async with asyncio.timeout(self._timeouts.permit):
                await self._permits.acquire()
        except TimeoutError as error:
            raise Busy("all our connections to it are in use") from error

    async def _send(self) -> None:
        response = await self._transport.handle_async_request(self._request)
        try:
            if response.status_code not in self._reading.good:
                raise self._reading.refusal(response.status_code, await _beginning(response))
            self._network = response.extensions["network_stream"]
            async for data in response.aiter_raw():
                await self._give(data)
        finally:
            await response.aclose()

    async def _give(self, data: bytes) -> None:
        self._came.append(data)
        self._ahead += len(data)
        self._last_sign = self._loop.time()
        if not self._began:
            self._began = True
            self._look()  # for the gap, which is shorter than the time for the first byte
        _wake(self._reader)
        if self._ahead > MOST_AHEAD:
            self._room = self._loop.create_future()
            await self._room
            self._room = None
            self._last_sign = self._loop.time()

    def _look(self) -> None:
        """Ends the exchange if the server was silent for too long, else looks again when due."""
        if self._watch:
            self._watch.cancel()
        now = self._loop.time()
        if self._room:
            self._last_sign = now  # it is we who keep the server waiting
        allowed = self._timeouts.gap if self._began else self._timeouts.first_byte
        due = self._last_sign + allowed
        if self._deadline is not None:
            due = min(due, self._deadline)
        if now < due:
            self._watch = self._loop.call_at(due, self._look)
            return
        if self._network is None and self._deadline is not None:
            self._cancel(Unreachable(f"no answer for {self._total:g} s"))
        else:
            self._cancel(Interrupted(f"nothing came for {now - self._last_sign:.0f} s"))

    def _cancel(self, error: OllamaError) -> None:
        if self._task and not self._task.done() and not self._cancelled:
            self._cancelled = True
            self._error = self._error or error
            self._task.cancel()
            _wake(self._reader)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter and not waiter.done():
        waiter.set_result(None)


async def _beginning(response: httpx.Response) -> bytes:
    body = b""
    async for data in response.aiter_raw():
        body += data
        if len(body) > LONGEST_REFUSAL:
            break
    return body[:LONGEST_REFUSAL]


def _translated(error: Exception, *, answering: bool) -> Exception:
    """Our exception for one of httpx's; a mistake of our own comes back as it is."""
    if isinstance(error, httpx.TransportError):
        if answering:
            return Interrupted("the connection was lost")
        if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
            return BadAnswer("it does not speak HTTP")
        if isinstance(error, httpx.ConnectError | httpx.TimeoutException):
            return Unreachable(str(error))
        return Unreachable("it closed the connection without an answer", dropped=True)
    if isinstance(error, UnicodeError | httpx.InvalidURL):  # of names that no resolver takes
        return Unreachable("not a valid address")
    return error
