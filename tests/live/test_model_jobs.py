"""Jobs on models against a real Ollama that has the models pip and pip-think."""

from uuid import uuid4

import pytest

from accounts.database import in_database
from inference.models import Job, Model
from inference.ollama import Client
from models_admin.jobs.starting import (
    start_copy,
    start_create,
    start_delete,
    start_load,
    start_rename,
    start_unload,
)
from tests.factories import a_server
from tests.models_admin.jobs.conftest import Working

pytestmark = pytest.mark.live

PIP = "pip:latest"
DONE = Job.State.DONE


@pytest.fixture
def server(transactional_db, ollama: str):
    return a_server(url=ollama)


@pytest.fixture
async def made(server):
    """A function that gives new names; the models that have them at the end are deleted."""
    run, given = uuid4().hex[:8], []

    def name(part: str) -> str:
        given.append(f"{part}-{run}:latest")
        return given[-1]

    yield name
    client = Client(server.url)
    there = {model.name for model in await client.tags()}
    for each in there.intersection(given):
        await client.delete(each)
    await client.close()


@pytest.fixture
async def working(transactional_db):
    working = Working()
    yield working
    await working.runner.stop()
    await working.clients.close()


async def row(name: str) -> Model | None:
    return await in_database(Model.objects.filter(name=name, present=True).first)


async def test_a_model_is_made_copied_renamed_and_deleted(working, server, mod, made):
    mario, luigi, peach = made("mario"), made("luigi"), made("peach")
    request = {"from": PIP, "system": "You are Mario.", "parameters": {"temperature": 0}}
    job = await working.done(start_create, mod, server, mario, request)
    assert (job.state, job.error) == (DONE, "")
    assert (await row(mario)).system == "You are Mario."

    assert (await working.done(start_copy, mod, server, mario, luigi)).state == DONE
    assert (await row(luigi)).digest == (await row(mario)).digest

    taken = await working.done(start_copy, mod, server, PIP, luigi)
    assert (taken.state, taken.error_kind) == (Job.State.FAILED, "name_taken")

    assert (await working.done(start_rename, mod, server, luigi, peach)).state == DONE
    assert await row(luigi) is None
    for name in (mario, peach):
        assert (await working.done(start_delete, mod, server, name)).state == DONE
        assert await row(name) is None
    again = await working.done(start_delete, mod, server, mario)
    assert (again.state, again.progress["result"]) == (DONE, "was_gone")


async def test_a_model_is_loaded_for_a_time_for_ever_and_unloaded(working, server, mod):
    for keep_alive in ("10m", -1):
        assert (await working.done(start_load, mod, server, PIP, keep_alive)).state == DONE
        loaded = await row(PIP)
        assert loaded.loaded
    assert (loaded.expires_at - working.time).days > 365
    assert (await working.done(start_unload, mod, server, PIP)).state == DONE
    assert not (await row(PIP)).loaded


async def test_what_is_not_there_is_said(working, server, mod, made):
    for start, arguments in (
        (start_copy, [made("gone"), made("never")]),
        (start_load, [made("nothing"), "5m"]),
    ):
        job = await working.done(start, mod, server, *arguments)
        assert (job.state, job.error_kind) == (Job.State.FAILED, "model_missing")
