"""A pull outlives the processes that carry it."""

import json
import signal
import uuid

import pytest

from tests.instance import Instance, until

pytestmark = pytest.mark.processes

LARGE = "practice/large:latest"
SPEED = 200_000_000  # bytes a second, of 4.3 GB
# The lease of a worker that died has to run out first.
PATIENCE_S = 90.0


@pytest.fixture
def pulling(practice, instance):
    """An instance that pulls and has come some way."""
    practice.script(pull_speed=SPEED, layer_seconds=0)
    server = instance.one("SELECT id FROM inference_server")
    form = {"name": LARGE, "server": str(server)}
    answer = instance.visitor("admin").http.post("/models/jobs/pulls/", data=form)
    assert answer.is_redirect
    until(lambda: completed(instance) > SPEED, "some of it came")
    return instance


def job(instance: Instance, column: str):
    sql = f"SELECT {column} FROM inference_job WHERE kind = 'pull'"  # noqa: S608
    return instance.one(sql)


def progress(instance: Instance) -> dict:
    found = job(instance, "progress")
    return json.loads(found) if isinstance(found, str) else found


def completed(instance: Instance) -> int:
    return progress(instance).get("completed", 0)


def test_a_pull_goes_on_by_itself(practice, pulling):
    for n, how in enumerate((signal.SIGTERM, signal.SIGKILL), start=1):
        practice.wait_for_request("/api/pull", n)
        before = completed(pulling)
        process = pulling.runner()
        process.send(how)
        process.ended()
        pulling.kill(process)
        assert practice.wait_for_cut("/api/pull", n)
        pulling.start()
        assert completed(pulling) >= before, "a bar never runs backwards"
    practice.script(pull_speed=0)  # what is left comes at once
    until(lambda: job(pulling, "state") == "done", "the pull is done", PATIENCE_S)
    assert job(pulling, "losses") == 1, "of the kill; who is told to end loses nothing"
    assert progress(pulling)["fraction"] == 1.0
    assert len(practice.requests("/api/pull")) == 3
    assert LARGE in practice.names()
    there = "SELECT count(*) FROM inference_model WHERE name = 'practice/large:latest' AND present"
    assert pulling.one(there) == 1, "the catalogue knows it at once"


def test_a_cancel_while_nobody_works_holds(practice, pulling):
    pulling.kill(pulling.runner())
    pulling.start()
    pk = uuid.UUID(str(job(pulling, "id")))
    pulling.visitor("admin").http.post(f"/models/jobs/{pk}/cancellation/").raise_for_status()
    until(lambda: job(pulling, "state") == "cancelled", "it is cancelled", PATIENCE_S)
    assert LARGE not in practice.names()
