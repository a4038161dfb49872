"""What a server does wrong, and what becomes of the run."""

from datetime import timedelta

import pytest

from accounts.database import in_database
from inference.jobs import kinds
from inference.models import Job, Model, Run, Server
from inference.outcomes import explain
from tests.factories import a_model
from tests.inference.conftest import until


async def test_a_busy_server_is_asked_again(scene):
    scene.script(faults=[{"kind": "busy", "times": 1, "path": "/api/chat"}])
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.attempts) == (Run.Status.DONE, 2)
    assert len(scene.asked()) == 2


async def test_a_server_that_is_away_is_asked_again(scene):
    await scene.worker()
    # By the end of a first run the worker has asked what is loaded, which would meet the fault.
    await scene.end_of(await scene.run())
    scene.script(faults=[{"kind": "refuse", "times": 1}])
    run = await scene.end_of(await scene.run())
    assert (run.status, run.attempts) == (Run.Status.DONE, 2)


async def test_patience_with_a_busy_server_ends(scene):
    scene.script(faults=[{"kind": "busy"}])
    await scene.worker(patience=timedelta(0))
    run = await scene.end_of(await scene.run())
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "busy")
    assert "few minutes" in run.error


async def test_patience_with_a_server_that_stays_away_ends(scene):
    await in_database(Server.objects.update, error="nobody there")
    await scene.worker(patience=timedelta(0))
    run = await scene.end_of(await scene.run())
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "unreachable")


async def test_a_page_hears_that_its_run_waits_again(scene):
    scene.script(faults=[{"kind": "busy", "times": 1, "path": "/api/chat"}])
    run = await scene.run()
    page = await scene.watch(run.audience)
    await scene.worker()
    await page.next("changed")
    await scene.end_of(run)


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ({"kind": "error", "text": "out of luck"}, Run.Status.INTERRUPTED, "interrupted"),
        ({"kind": "crash"}, Run.Status.INTERRUPTED, "interrupted"),
        ({"kind": "cut"}, Run.Status.INTERRUPTED, "interrupted"),
        ({"kind": "eof"}, Run.Status.INTERRUPTED, "interrupted"),
        ({"kind": "garbage", "text": "<html>"}, Run.Status.FAILED, "bad_answer"),
    ],
)
async def test_what_came_before_a_fault_is_kept(scene, fault, status, kind):
    scene.script(answer="one two three four five six", speed=200)
    fault = {"path": "/api/chat", "after_lines": 3, **fault}
    scene.script(faults=[fault])
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.error_kind) == (status, kind)
    assert run.text
    assert "one two three four five six".startswith(run.text)
    assert run.attempts == 1


async def test_a_refusal_says_what_ollama_said(scene):
    scene.script(faults=[{"kind": "status", "status": 400, "text": "no such option"}])
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "refused")
    assert "no such option" in run.error
    assert explain(run) == run.error


async def test_a_model_that_is_gone_is_looked_for(scene):
    await in_database(a_model, scene.server, "gone:latest")
    worker = await scene.worker()
    run = await scene.end_of(await scene.run(model_name="gone:latest"))
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "model_missing")
    assert "gone:latest" in run.error
    await until(lambda: not worker.answering.runs)
    await until(lambda: scene.asked("/api/tags"))


async def test_a_run_whose_model_vanished_while_it_waited_fails(scene):
    await in_database(Model.objects.update, present=False)
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "model_missing")


async def test_a_database_that_fails_once_loses_nothing(scene, monkeypatch):
    from django.db import OperationalError

    from inference import queue

    failures = iter([True, True, True])
    save, finish = queue.save, queue.finish

    def failing(change):
        def once(*args, **named):
            if next(failures, False):
                raise OperationalError("disk full")
            return change(*args, **named)

        return once

    monkeypatch.setattr(queue, "save", failing(save))
    monkeypatch.setattr(queue, "finish", failing(finish))
    scene.script(answer="word " * 40, speed=100)
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert run.text == "word " * 40
    standing = [name for name, kind in kinds.items() if kind.standing]
    assert await in_database(Job.objects.exclude(kind__in=standing).count) == 0
