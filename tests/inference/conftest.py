"""A worker over a practice server: what the tests of the async side stand on."""

import asyncio
import inspect
import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from channels.layers import get_channel_layer
from django.utils import timezone

from accounts.database import in_database
from inference import prompts
from inference.models import Run
from inference.practice import PracticeServer, Script
from inference.prompts import Prompt
from inference.signals import run_ended
from inference.wakeups import audience_group
from inference.worker import Intervals, Worker
from tests.factories import a_model, a_server

QUICK = Intervals(poll=0.05, save=0.05, reap=0.1, places=0.05, catalogue=60, offer=60)
MODEL = "practice:latest"
THINKER = "practice-think:latest"
PATIENCE = 8.0  # seconds that any wait may take


def a_prompt(run: Run) -> Prompt:
    """What a run of these tests sends: what its parameters say, for want of a conversation."""
    before = run.parameters.get("before", "")
    messages = run.parameters.get("messages") or [{"role": "user", "content": "Hello"}]
    if before:
        messages = [*messages, {"role": "assistant", "content": before.rstrip()}]
    return Prompt(messages=messages, before=before)


async def until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits for a condition, which may be async, at most so long."""
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.005)


class Scene:
    """An Ollama, its row, and runs that are sent to it."""

    def __init__(self, ollama: PracticeServer) -> None:
        self.ollama = ollama
        self.server = None
        self.workers: list[Worker] = []
        self.ended: dict[UUID, Run] = {}

    def script(self, **changes) -> None:
        """Changes what the practice server does."""
        self.ollama.change(self.ollama.script.changed(changes))

    def asked(self, path: str = "/api/chat") -> list[dict]:
        """What Ollama was asked at this path."""
        return [asked for asked in self.ollama.log.all() if asked["path"] == path]

    async def worker(self, owner: str | None = None, now=timezone.now, **intervals) -> Worker:
        """A worker that runs until the test ends."""
        worker = Worker(owner, now=now, intervals=replace(QUICK, **intervals))
        await worker.start()
        self.workers.append(worker)
        return worker

    async def run(self, **fields) -> Run:
        """A run of a new subject that somebody watches."""
        usual = {
            "person": None,
            "model_name": MODEL,
            "purpose": Run.Purpose.MEASURE,
            "background": False,
            "subject": uuid4(),
            "audience": uuid4(),
        }
        return await in_database(lambda: Run.objects.submit(**usual | fields))

    async def watch(self, audience: UUID) -> "Page":
        page = Page(audience)
        await page.open()
        return page

    async def end_of(self, run: Run) -> Run:
        """The run as it ended, with its pieces."""
        await until(lambda: run.pk in self.ended)
        return self.ended[run.pk]

    async def stored(self, run: Run) -> Run:
        return await in_database(Run.objects.prefetch_related("pieces").get, pk=run.pk)


class Page:
    """A page that shows the runs of an audience."""

    def __init__(self, audience: UUID) -> None:
        self._group = audience_group(audience)
        self._layer = get_channel_layer()

    async def open(self) -> None:
        self._channel = await self._layer.new_channel()
        await self._layer.group_add(self._group, self._channel)

    async def next(self, kind: str = "live") -> dict:
        """The next event of a kind; others are passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                event = json.loads((await self._layer.receive(self._channel))["text"])
                if event["kind"] == kind:
                    return event


@pytest.fixture
async def scene(transactional_db):
    """A practice server that answers at once, known with its one model."""
    ollama = PracticeServer(script=Script(speed=0, load_seconds=0))
    await ollama.start()
    scene = Scene(ollama)
    prompts.register(Run.Purpose.MEASURE, a_prompt)

    def note(run: Run, **kwargs) -> None:
        scene.ended[run.pk] = run

    run_ended.connect(note)

    def rows():
        scene.server = a_server(url=ollama.url, slots=4, checked_at=timezone.now())
        a_model(scene.server, MODEL)
        a_model(scene.server, THINKER, capabilities=["completion", "thinking"])

    await in_database(rows)
    yield scene
    run_ended.disconnect(note)
    for worker in scene.workers:
        await worker.stop()
    await ollama.stop()
