"""Copies, new names and deletions while people chat."""

import pytest
from django.utils import timezone

from accounts.database import in_database
from accounts.models import Group
from inference.clients import Way
from inference.models import Job, Model, Run
from inference.ollama import ChatRequest
from models_admin.jobs.starting import (
    start_copy,
    start_create,
    start_delete,
    start_load,
    start_pull,
    start_rename,
    start_unload,
)
from tests.factories import a_model

PIP, MARIO = "practice:latest", "mario:latest"
State = Job.State


def end(run):
    Run.objects.filter(pk=run.pk).update(status=Run.Status.DONE, ended_at=timezone.now())


def offered(name):
    return Model.objects.filter(name=name, present=True).exists()


async def test_a_copy_has_the_name_too(working, server, mod, practice):
    job = await working.done(start_copy, mod, server, PIP, MARIO)
    assert job.state == State.DONE
    assert {PIP, MARIO} <= set(practice.names())
    assert await in_database(offered, MARIO)


async def test_a_copy_takes_no_name_from_another_model(working, server, mod, practice):
    await working.done(start_create, mod, server, MARIO, {"from": PIP, "system": "Mario"})
    job = await working.done(start_copy, mod, server, PIP, MARIO)
    assert (job.state, job.error_kind, job.error) == (State.FAILED, "name_taken", MARIO)


async def test_a_copy_of_what_is_gone_says_so(working, server, mod):
    job = await working.done(start_copy, mod, server, "gone", MARIO)
    assert (job.state, job.error_kind) == (State.FAILED, "model_missing")


@pytest.mark.parametrize("start", [start_copy, start_rename])
async def test_who_may_not_use_the_model_may_not_use_it_under_another_name(
    start, working, server, mod
):
    def restrict():
        a_model(server, PIP).groups.add(Group.objects.create(name="Research"))

    def groups():
        return [group.name for group in Model.objects.get(name=MARIO).groups.all()]

    await in_database(restrict)
    await working.done(start, mod, server, PIP, MARIO)
    assert await in_database(groups) == ["Research"]


async def test_a_model_made_of_a_restricted_one_is_restricted(working, server, mod):
    def restrict():
        a_model(server, PIP).groups.add(Group.objects.create(name="Research"))

    await in_database(restrict)
    await working.done(start_create, mod, server, MARIO, {"from": PIP, "system": "Mario"})
    assert await in_database(Model.objects.filter(name=MARIO, groups__name="Research").exists)


async def test_a_new_name_replaces_the_old_one(working, server, mod, practice):
    job = await working.done(start_rename, mod, server, PIP, MARIO)
    assert job.state == State.DONE
    assert MARIO in practice.names()
    assert PIP not in practice.names()


async def test_a_renaming_that_was_broken_off_is_finished(working, server, mod, practice):
    practice.script(faults={"kind": "cut", "path": "/api/delete", "times": 1})
    job = await working.done(start_rename, mod, server, PIP, MARIO)
    assert (job.state, job.progress["copied"]) == (State.QUEUED, True)
    job = await working.again(job)
    assert job.state == State.DONE
    assert PIP not in practice.names()
    assert len(practice.requests("/api/copy")) == 1


async def test_a_deleted_model_is_offered_to_nobody(working, server, mod, practice):
    await in_database(a_model, server, PIP)
    job = await working.done(start_delete, mod, server, PIP)
    assert job.state == State.DONE
    assert PIP not in practice.names()
    assert not await in_database(offered, PIP)


async def test_to_delete_what_is_gone_is_no_failure(working, server, mod):
    job = await working.done(start_delete, mod, server, "gone")
    assert (job.state, job.progress["result"]) == (State.DONE, "was_gone")


async def test_a_deletion_waits_for_the_answers(working, server, mod, ann, writing, practice):
    await in_database(a_model, server, PIP)
    run = await in_database(writing, ann)
    job = await working.done(start_delete, mod, server, PIP)
    assert (job.state, job.progress["waits_for"], job.attempts) == (State.QUEUED, 1, 0)
    assert not await in_database(offered, PIP), "nobody begins with it any more"
    assert PIP in practice.names()
    await in_database(end, run)
    job = await working.again(job, 2)
    assert job.state == State.DONE
    assert PIP not in practice.names()


async def test_a_deletion_stops_the_answers_if_so_chosen(working, server, mod, ann, writing):
    run = await in_database(writing, ann)
    job = await working.done(start_delete, mod, server, PIP, running="stop")
    assert (await in_database(Run.objects.get, pk=run.pk)).stop_requested
    await in_database(end, run)
    assert (await working.again(job, 2)).state == State.DONE


async def test_loads_and_unloads(working, server, mod, practice):
    job = await working.done(start_load, mod, server, PIP, "10m")
    assert job.state == State.DONE
    assert (await in_database(Model.objects.get, name=PIP)).loaded
    job = await working.done(start_unload, mod, server, PIP)
    assert job.state == State.DONE
    assert not (await in_database(Model.objects.get, name=PIP)).loaded


async def test_an_unload_waits_while_the_model_writes(working, server, mod, practice):
    practice.script(faults={"kind": "stall", "path": "/api/chat", "after_lines": 1})
    chat = working.clients.to(Way.to(server)).chat(
        ChatRequest(PIP, [{"role": "user", "content": "Hi"}])
    )
    async with chat:
        await practice.asked("/api/chat")
        job = await working.done(start_unload, mod, server, PIP)
        assert (job.state, job.progress["waits_for"], job.attempts) == (State.QUEUED, 1, 0)
    practice.release()
    assert (await working.again(job, 3)).state == State.DONE


async def test_an_unload_of_what_is_always_asked_gives_up(working, server, mod, practice):
    practice.script(faults={"kind": "stall", "path": "/api/chat", "after_lines": 1})
    chat = working.clients.to(Way.to(server)).chat(
        ChatRequest(PIP, [{"role": "user", "content": "Hi"}])
    )
    async with chat:
        await practice.asked("/api/chat")
        job = await working.done(start_unload, mod, server, PIP)
        job = await working.again(job, 3600)
    assert (job.state, job.error_kind) == (State.FAILED, "in_use")


async def test_a_load_of_a_model_just_deleted_says_so(working, server, mod):
    job = await working.done(start_load, mod, server, "gone", -1)
    assert (job.state, job.error_kind) == (State.FAILED, "model_missing")


async def test_managers_who_want_different_things_of_one_name_take_turns(
    working, server, mod, admin, practice
):
    name = "practice/tiny:latest"
    began = [
        await in_database(start_pull, mod, server, name),
        await in_database(start_delete, admin, server, name),
        await in_database(start_create, mod, server, name, {"from": PIP, "system": "Tiny"}),
        await in_database(start_copy, admin, server, PIP, name),
    ]
    states = []
    for job in began:
        await working.runner.claim()
        states.append((await working.idle(job)).state)
    assert states == [State.DONE, State.DONE, State.DONE, State.FAILED]
    changes = ("/api/pull", "/api/delete", "/api/create", "/api/copy")
    asked = [each["path"] for each in practice.requests() if each["path"] in changes]
    assert asked == ["/api/pull", "/api/delete", "/api/create"]
    assert (await working.stored(began[-1])).error_kind == "name_taken"
