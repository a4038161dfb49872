"""Nothing half-made stays: what is left of jobs that did not come to their end."""

import pytest
from django.urls import reverse

from accounts.database import in_database
from accounts.models import Group
from inference.models import Job, Model
from models_admin.jobs.shown import Shown
from models_admin.jobs.starting import start_create, start_delete, start_pull
from tests.factories import a_model

PIP, MARIO, TINY = "practice:latest", "mario:latest", "practice/tiny:latest"
State = Job.State


@pytest.fixture
def look(working):
    """A function: has the worker do what waits, such as a refresh of the catalogue."""

    async def done():
        await working.runner.claim()
        await working.runner.idle()

    return done


def is_offered(name: str) -> bool:
    return Model.objects.filter(name=name, present=True).exists()


async def test_a_server_that_restarts_in_mid_pull_goes_on_from_what_came(
    working, server, mod, practice
):
    practice.script(faults={"kind": "cut", "path": "/api/pull", "after_lines": 4, "times": 1})
    job = await working.done(start_pull, mod, server, TINY)
    came = job.progress["completed"]
    assert (job.state, job.error_kind) == (State.QUEUED, "interrupted")
    with practice.down():
        job = await working.again(job)
    assert (job.state, job.error_kind) == (State.QUEUED, "unreachable")
    assert job.progress["completed"] == came > 0
    job = await working.again(job)
    assert (job.state, job.progress["fraction"]) == (State.DONE, 1.0)


async def test_a_deletion_that_fails_offers_the_model_again(working, server, mod, practice, look):
    await in_database(a_model, server, PIP)
    practice.script(faults={"kind": "status", "path": "/api/delete", "status": 400, "text": "no"})
    job = await working.done(start_delete, mod, server, PIP)
    assert job.state == State.FAILED
    await look()
    assert await in_database(is_offered, PIP)


async def test_a_deletion_that_is_cancelled_while_it_waits_offers_the_model_again(
    working, server, mod, ann, client_of, writing, look
):
    await in_database(a_model, server, PIP)
    await in_database(writing, ann)
    job = await working.done(start_delete, mod, server, PIP)
    assert not await in_database(is_offered, PIP)
    client = await in_database(client_of, mod)
    there = reverse("models_admin:job_cancellation", args=[job.pk])
    assert (await in_database(client.post, there)).status_code == 302
    await look()
    assert await in_database(is_offered, PIP)


async def test_a_deletion_whose_answer_was_lost_does_not_say_that_nothing_happened(
    working, server, mod, practice
):
    practice.script(faults={"kind": "cut", "path": "/api/delete", "times": 1})
    job = await working.done(start_delete, mod, server, PIP)
    assert job.state == State.QUEUED
    await in_database(job.request_cancel)
    job = await working.stored(job)
    assert "may have happened all the same" in Shown(job).left
    practice.script(faults={"kind": "status", "path": "/api/delete", "status": 400, "text": "no"})
    job = await working.done(start_delete, mod, server, MARIO)
    assert Shown(job).left == "The model is still there."


async def test_a_create_that_is_cancelled_makes_nothing(working, server, mod, practice, look):
    practice.script(faults={"kind": "stall", "path": "/api/create", "after_lines": 1, "times": 1})
    job = await working.begin(start_create, mod, server, MARIO, {"from": PIP, "system": "Mario"})
    await practice.asked("/api/create")
    await in_database(job.request_cancel)
    await working.runner.renew()
    assert (await working.idle(job)).state == State.CANCELLED
    await practice.cut("/api/create")
    await look()
    assert MARIO not in practice.names()
    assert not await in_database(is_offered, MARIO)


@pytest.mark.parametrize("fails", [True, False])
async def test_who_may_use_a_model_changes_once_it_is_replaced(
    fails, working, server, mod, practice
):
    """Else one that was for a group would be shown to everybody, though nothing took its place."""

    def restrict():
        group = Group.objects.create(name="Research")
        a_model(server, MARIO).groups.add(group)

    def groups():
        return [group.name for group in Model.objects.get(name=MARIO).groups.all()]

    await in_database(restrict)
    if fails:
        fault = {"kind": "status", "path": "/api/create", "status": 400, "text": "no"}
        practice.script(faults=fault)
    job = await working.done(start_create, mod, server, MARIO, {"from": PIP}, groups=[])
    assert job.state == (State.FAILED if fails else State.DONE)
    assert await in_database(groups) == (["Research"] if fails else [])


async def test_groups_that_are_gone_by_then_open_it_to_nobody_else(working, server, mod):
    def restrict():
        kept, gone = (Group.objects.create(name=name) for name in ("Kept", "Gone"))
        a_model(server, MARIO).groups.add(kept)
        Group.objects.filter(pk=gone.pk).delete()
        return [gone.pk]

    def groups():
        return [group.name for group in Model.objects.get(name=MARIO).groups.all()]

    chosen = await in_database(restrict)
    await working.done(start_create, mod, server, MARIO, {"from": PIP}, groups=chosen)
    assert await in_database(groups) == ["Kept"]
