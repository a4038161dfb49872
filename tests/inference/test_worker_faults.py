"""What a server does wrong, and what becomes of the run."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.database import in_database
from accounts.models import Group
from inference import answering, heartbeats, prompts, queue
from inference.jobs import kinds
from inference.models import Heartbeat, Job, Model, Run, Server
from inference.outcomes import explain
from tests.factories import a_model
from tests.inference.conftest import MODEL, until


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


async def test_a_server_that_is_gone_with_a_request_gets_it_twice(scene):
    """It may have died of it, and would once more each time that it is started."""
    scene.script(faults=[{"kind": "cut", "path": "/api/chat"}])
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "unreachable")
    assert len(scene.asked()) == 2


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
        ({"kind": "eof"}, Run.Status.INTERRUPTED, "ended_early"),
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


async def test_a_run_whose_model_is_no_longer_for_its_person_fails(scene, eve):
    def restrict():
        group = Group.objects.create(name="Few")
        for model in Model.objects.all():
            model.groups.add(group)

    await in_database(restrict)
    run = await scene.run(person=eve, purpose=Run.Purpose.ANSWER)
    await scene.worker()
    run = await scene.end_of(run)
    assert (run.status, run.error_kind) == (Run.Status.FAILED, "not_allowed")
    assert MODEL in run.error
    assert explain(run) == run.error
    assert not scene.asked()


class Away:
    """A database that takes nothing of these: functions of modules, by module."""

    def __init__(self, monkeypatch) -> None:
        self._monkeypatch = monkeypatch
        self._gone: set[str] = set()
        self.refused = 0

    def without(self, module, name: str) -> None:
        """From now on it fails, until back()."""
        change = getattr(module, name)

        def tried(*args, **named):
            if name in self._gone:
                self.refused += 1
                raise OperationalError("database is locked")
            return change(*args, **named)

        self._gone.add(name)
        self._monkeypatch.setattr(module, name, tried)

    def back(self, name: str) -> None:
        self._gone.discard(name)


@pytest.fixture
def away(monkeypatch):
    return Away(monkeypatch)


async def test_a_database_that_fails_once_loses_nothing(scene, monkeypatch):
    failures = iter([True, True, True])

    def failing(change):
        def once(*args, **named):
            if next(failures, False):
                raise OperationalError("disk full")
            return change(*args, **named)

        return once

    monkeypatch.setattr(queue, "save", failing(queue.save))
    monkeypatch.setattr(queue, "finish", failing(queue.finish))
    scene.script(answer="word " * 40, speed=100)
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert run.text == "word " * 40
    standing = [name for name, kind in kinds.items() if kind.standing]
    assert await in_database(Job.objects.exclude(kind__in=standing).count) == 0


async def test_an_end_is_written_however_long_the_database_is_away(scene, away, monkeypatch):
    monkeypatch.setattr(answering, "WAITS_TO_WRITE", (0.01,))
    away.without(queue, "finish")
    await scene.worker()
    run = await scene.run()
    await until(lambda: away.refused > 20)
    away.back("finish")
    run = await scene.end_of(run)
    assert run.status == Run.Status.DONE
    assert run.text


async def test_who_could_not_renew_for_want_of_a_database_is_not_taken_for_dead(scene, away):
    ahead = timedelta(0)
    scene.script(answer="word " * 40, faults=[{"kind": "stall", "after_lines": 9}])
    worker = await scene.worker(now=lambda: timezone.now() + ahead)
    run = await scene.run()
    await until(lambda: in_database(Run.objects.filter(pk=run.pk, offset__gt=0).exists))
    away.without(heartbeats, "beat")
    away.without(queue, "save")
    ahead = Run.LEASE * 6
    refused = away.refused
    await until(lambda: away.refused > refused + 4)
    beats = await in_database(Heartbeat.objects.get)
    away.back("beat")  # before the saver, which might be slower to hear of it
    rounds = Heartbeat.objects.filter(seen_at__gt=beats.seen_at + ahead + timedelta(seconds=0.5))
    await until(lambda: in_database(rounds.exists))
    assert run.pk in worker.answering.runs
    away.back("save")
    scene.ollama.let_go()
    run = await scene.end_of(run)
    assert (run.status, run.text) == (Run.Status.DONE, "word " * 40)


async def test_a_run_that_was_claimed_when_the_database_went_is_not_lost(scene, away):
    away.without(prompts, "build")
    run = await scene.run()
    await scene.worker()
    await until(lambda: away.refused > 1)
    away.back("build")
    run = await scene.end_of(run)
    assert run.status == Run.Status.DONE
    assert len(scene.asked()) == 1
