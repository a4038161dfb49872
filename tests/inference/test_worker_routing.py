"""A worker between two servers that have the same model, one of which fails."""

import pytest

from accounts.database import in_database
from inference import secrets
from inference.models import Job, Run, Server
from inference.practice import PracticeServer, Script
from tests.factories import a_model, a_server
from tests.inference.conftest import MODEL, until


@pytest.fixture
async def other(scene):
    """A second server, which is chosen only where the first one, that has it loaded, can't be."""
    ollama = PracticeServer(script=Script(speed=0, load_seconds=0))
    await ollama.start()

    def rows():
        Server.objects.update(name="first")
        scene.server.models.filter(name=MODEL).update(loaded=True)
        server = a_server(url=ollama.url, checked_at=scene.server.checked_at, name="other")
        a_model(server, MODEL)

    await in_database(rows)
    yield ollama
    await ollama.stop()


def chats(ollama) -> list:
    return [asked for asked in ollama.log.all() if asked["path"] == "/api/chat"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "busy", "path": "/api/chat"},
        {"kind": "status", "status": 502, "text": "", "path": "/api/chat"},
        {"kind": "status", "status": 404, "text": "model not found", "path": "/api/chat"},
    ],
)
async def test_a_run_that_had_not_started_is_answered_by_the_other(scene, other, fault):
    scene.script(faults=[fault])
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.attempts) == (Run.Status.DONE, 2)
    assert (len(scene.asked()), len(chats(other))) == (1, 1)


async def test_one_that_had_started_is_never_run_twice(scene, other):
    scene.script(faults=[{"kind": "cut", "after_lines": 3, "path": "/api/chat"}])
    await scene.worker()
    run = await scene.end_of(await scene.run())
    assert (run.status, run.attempts) == (Run.Status.INTERRUPTED, 1)
    assert run.text
    assert not chats(other)


async def test_the_one_that_failed_is_tried_again_after_its_rest(scene, other):
    scene.script(faults=[{"kind": "busy", "times": 1, "path": "/api/chat"}])
    await scene.worker()
    await scene.end_of(await scene.run())
    assert len(chats(other)) == 1
    await in_database(Server.objects.filter(name="other").update, draining=True)
    run = await scene.run()
    first = await in_database(Server.objects.get, name="first")
    run = await scene.end_of(run)
    assert run.started_at >= first.rests_until
    assert len(scene.asked()) == 2
    assert len(chats(other)) == 1


async def test_runs_checks_and_jobs_carry_the_headers(scene):
    sealed = secrets.seal({"Authorization": "Bearer token"})
    await in_database(Server.objects.update, sealed_headers=sealed)
    await in_database(Job.objects.submit, "refresh", server=scene.server)
    await scene.worker()
    await scene.end_of(await scene.run())
    await until(lambda: scene.asked("/api/tags"))
    paths = ("/api/chat", "/api/version", "/api/tags", "/api/ps")
    for asked in (each for path in paths for each in scene.asked(path)):
        assert asked["headers"]["authorization"] == "Bearer token"


async def test_a_header_that_is_changed_counts_from_then_on(scene):
    await scene.worker()
    await scene.end_of(await scene.run())
    sealed = secrets.seal({"X-Key": "new"})
    await in_database(Server.objects.update, sealed_headers=sealed)
    await scene.end_of(await scene.run())
    first, second = scene.asked()
    assert "x-key" not in first["headers"]
    assert second["headers"]["x-key"] == "new"
