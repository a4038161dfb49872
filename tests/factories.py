"""Rows for the tests of the queue and of what stands on it, and a clock that they set."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from inference import queue
from inference.models import Model, Run, Server
from inference.queue import Progress

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
WORKER_PURPOSES = (Run.Purpose.ANSWER, Run.Purpose.TITLE, Run.Purpose.MEASURE)
_numbers = count(1)


def at(seconds: float) -> datetime:
    """The time so many seconds after the start of the test's day."""
    return START + timedelta(seconds=seconds)


def a_server(*model_names: str, **fields) -> Server:
    """A server that answers, with chat models of these names."""
    number = next(_numbers)
    server = Server.objects.create(
        **{"name": f"server {number}", "url": f"http://ollama-{number}.example:11434"} | fields
    )
    for name in model_names:
        a_model(server, name)
    return server


def a_model(server: Server, name: str = "pip:latest", **fields) -> Model:
    """A model that is there and can chat."""
    usual = {"capabilities": ["completion"], "digest": uuid4().hex}
    return Model.objects.create(server=server, name=name, **usual | fields)


def a_run(person=None, model_name: str = "pip:latest", seconds: float = 0, **fields) -> Run:
    """A run of a new subject, sent so many seconds after the start."""
    usual = {"purpose": Run.Purpose.ANSWER, "subject": uuid4()}
    return Run.objects.submit(
        person=person, model_name=model_name, now=at(seconds), **usual | fields
    )


def claim(seconds: float = 0, owner: str = "worker", **options) -> list[Run]:
    """What a worker is given at that time."""
    return queue.claim(owner, at(seconds), **{"purposes": WORKER_PURPOSES} | options)


def save(run: Run, text: str, seconds: float = 0, *, start: int | None = None, thinking: str = ""):
    """Saves what a claimed run wrote, at the end of what is saved unless `start` is given."""
    if start is None:
        start = Run.objects.get(pk=run.pk).offset
    return queue.save(run.owner, [Progress(run.pk, run.epoch, start, thinking, text)], at(seconds))


def finish(run: Run, seconds: float = 0, status: Run.Status = Run.Status.DONE, **fields):
    """Ends a claimed run."""
    return queue.finish(run.pk, run.epoch, status, now=at(seconds), **fields)
