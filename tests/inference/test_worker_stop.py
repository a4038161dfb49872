"""Stop closes the connection to Ollama within a second, whatever Ollama does at that time."""

import time

import pytest

from accounts.database import in_database
from inference.models import Run, Server
from tests.inference.conftest import until


async def stopped(scene, run):
    """Stops the run, and gives it as it ended and the seconds until Ollama was let go."""
    began = time.monotonic()
    await in_database(run.request_stop)
    run = await scene.end_of(run)
    await until(lambda: all(asked["ended"] for asked in scene.asked()))
    return run, time.monotonic() - began


async def test_stops_while_it_streams(scene):
    scene.script(answer="word " * 500, speed=100)
    run = await scene.run()
    page = await scene.watch(run.audience)
    await scene.worker()
    await page.next()
    run, seconds = await stopped(scene, run)
    assert run.status == Run.Status.STOPPED
    assert run.text
    assert scene.asked()[0]["cut_by_client"]
    assert seconds < 1


async def test_stops_while_a_model_loads(scene):
    scene.script(load_seconds=60)
    await scene.worker()
    run = await scene.run()
    await until(scene.asked)
    run, seconds = await stopped(scene, run)
    assert run.status == Run.Status.STOPPED
    assert scene.asked()[0]["cut_by_client"]
    assert seconds < 1


async def test_stops_while_ollama_queues_it(scene):
    scene.script(parallel=1, answer="word " * 500, speed=50)
    await scene.worker()
    first = await scene.run()
    page = await scene.watch(first.audience)
    await page.next()
    second = await scene.run()
    await until(lambda: len(scene.asked()) == 2)
    began = time.monotonic()
    await in_database(second.request_stop)
    assert (await scene.end_of(second)).status == Run.Status.STOPPED
    await until(lambda: scene.asked()[1]["cut_by_client"])
    assert time.monotonic() - began < 1
    assert not scene.asked()[0]["ended"]
    await in_database(first.request_stop)


async def test_stops_while_it_waits_in_line(scene):
    await in_database(Server.objects.update, slots=1)
    scene.script(answer="word " * 500, speed=50)
    await scene.worker()
    first = await scene.run()
    await until(scene.asked)
    second = await scene.run()
    assert await in_database(second.request_stop)
    assert (await scene.end_of(second)).status == Run.Status.STOPPED
    await in_database(first.request_stop)
    await scene.end_of(first)
    assert len(scene.asked()) == 1


@pytest.mark.parametrize("poll", [0.05, 60])
async def test_hears_of_a_stop_also_when_hints_are_lost(scene, poll, monkeypatch):
    """The claim loop looks for stops, and so does each save."""
    scene.script(answer="word " * 500, speed=100)
    run = await scene.run()
    page = await scene.watch(run.audience)
    await scene.worker(poll=poll, save=0.05 if poll == 60 else 60)
    await page.next()
    await in_database(Run.objects.filter(pk=run.pk).update, stop_requested=True)
    assert (await scene.end_of(run)).status == Run.Status.STOPPED
