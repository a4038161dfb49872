"""Real processes that are killed: what they had saved stays, and the run does not hang."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from inference.models import Run
from tests.inference.conftest import until

pytestmark = pytest.mark.processes

# A worker of its own process, on the database of the test.
WORKER = """
import asyncio, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from inference import prompts
from inference.models import Run
from inference.worker import Worker
from tests.inference.conftest import a_prompt

async def main():
    prompts.register(Run.Purpose.MEASURE, a_prompt)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    worker = Worker(sys.argv[2])
    await worker.start()
    await ended.wait()
    await worker.stop()

asyncio.run(main())
"""


@pytest.fixture
def worker_process(transactional_db):
    """Starts a worker in a process of its own."""
    started = []

    def start(owner="process"):
        command = [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"]), owner]
        process = subprocess.Popen(command, cwd=settings.BASE_DIR)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


async def saved_some(scene, run, worker, characters=100):
    """Waits until the process has saved so much of its answer."""

    async def enough():
        assert worker.poll() is None, "the worker's process has died"
        return (await scene.stored(run)).offset >= characters

    await until(enough, 30)


async def test_after_sigkill_the_text_stays_and_the_run_is_interrupted(scene, worker_process):
    text = "word " * 3000
    scene.script(answer=text, speed=100)
    process = worker_process()
    run = await scene.run()
    await saved_some(scene, run, process)
    sent = scene.asked()[0]["lines"]
    killed = time.monotonic()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    worker_process("next")

    async def is_over():
        return not (await scene.stored(run)).is_open

    await until(is_over, 15)
    assert time.monotonic() - killed < 15
    ended = await scene.stored(run)
    assert ended.status == Run.Status.INTERRUPTED
    assert text.startswith(ended.text)
    # A token is a word here, and 100 came each second.
    assert len(ended.text) >= 5 * (sent - 100)
    assert len(scene.asked()) == 1, "it is not silently done again"


async def test_sigterm_loses_nothing(scene, worker_process):
    text = "word " * 3000
    scene.script(answer=text, speed=100)
    process = worker_process()
    run = await scene.run()
    await saved_some(scene, run, process)
    sent = scene.asked()[0]["lines"]
    began = time.monotonic()
    process.terminate()
    assert await asyncio.to_thread(process.wait, 10) == 0
    assert time.monotonic() - began < 5
    ended = await scene.stored(run)
    assert (ended.status, ended.error_kind) == (Run.Status.INTERRUPTED, "restart")
    assert text.startswith(ended.text)
    assert len(ended.text) >= 5 * (sent - 10)
