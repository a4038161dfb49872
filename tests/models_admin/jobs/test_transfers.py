"""Pulls, pushes and creates as a worker does them."""

import asyncio
import json

import pytest

from accounts.database import in_database
from inference.models import Job, Model
from models_admin.jobs.handlers.transfers import CURRENT, LOCAL, NEW
from models_admin.jobs.starting import start_create, start_pull, start_push, start_update
from tests.factories import a_model

TINY = "practice/tiny:latest"
State = Job.State


async def stands_in_the_catalogue(name: str) -> bool:
    return await in_database(Model.objects.filter(name=name, present=True).exists)


async def test_a_pull_brings_a_model_and_the_catalogue_knows_it_at_once(
    working, server, mod, practice
):
    job = await working.done(start_pull, mod, server, TINY)
    assert (job.state, job.progress["result"], job.progress["fraction"]) == (State.DONE, NEW, 1.0)
    assert job.progress["completed"] == job.progress["total"] > 5_000_000
    assert TINY in practice.names()
    assert await stands_in_the_catalogue(TINY)


async def test_the_log_says_what_happened_when(working, server, mod):
    job = await working.done(start_pull, mod, server, TINY)
    lines = [json.loads(line) for line in job.log.splitlines()]
    assert lines[0][1:] == ["Attempt %(number)d on %(server)s", {"number": 1, "server": "gpu-1"}]
    said = [values["status"] for _, words, values in lines if words.startswith("Ollama")]
    assert said[0] == "pulling manifest"
    assert said[-1] == "success"


async def test_an_update_says_that_nothing_new_came(working, server, mod):
    await working.done(start_pull, mod, server, TINY)
    job = await working.done(start_update, mod, server, TINY)
    assert (job.state, job.progress["result"]) == (State.DONE, CURRENT)


async def test_an_update_says_what_came(working, server, mod, practice):
    await working.done(start_pull, mod, server, TINY)
    practice.script(registry=[{"name": "practice/tiny", "version": "2"}])
    job = await working.done(start_update, mod, server, TINY)
    assert job.progress["result"] == NEW


async def test_an_update_of_what_was_made_and_pushed_here_is_current(
    working, server, mod, practice, settings
):
    settings.REGISTRIES = {"registry.lan": "https"}
    practice.script(registry_hosts=["registry.lan"])
    await in_database(a_model, server, "practice:latest")
    name = "registry.lan/team/mario"
    await working.done(start_create, mod, server, name, {"from": "practice", "system": "Mario"})
    await working.done(start_push, mod, server, name)
    job = await working.done(start_update, mod, server, name)
    assert job.progress["result"] == CURRENT


async def test_an_update_to_what_shares_its_files_says_what_came(working, server, mod, practice):
    await working.done(start_pull, mod, server, TINY)
    registry = [{"name": "practice/tiny", "system": "Be kind."}]
    practice.script(registry=registry)
    await working.done(start_pull, mod, server, TINY)
    practice.script(registry=[])
    await working.done(start_create, mod, server, "keeps", {"from": TINY})
    job = await working.done(start_update, mod, server, TINY)
    assert job.progress["result"] == NEW


async def test_an_update_of_what_was_made_here_is_no_failure(working, server, mod):
    await working.done(start_create, mod, server, "mario", {"from": "practice", "system": "Mario"})
    job = await working.done(start_update, mod, server, "mario")
    assert (job.state, job.progress["result"]) == (State.DONE, LOCAL)


async def test_a_name_that_no_registry_has_is_not_tried_again(working, server, mod, practice):
    job = await working.done(start_pull, mod, server, "nobody/nothing")
    assert (job.state, job.error_kind) == (State.FAILED, "not_in_registry")
    assert len(practice.requests("/api/pull")) == 1


async def test_a_full_disk_in_mid_pull_is_not_tried_again(working, server, mod, practice):
    practice.script(faults={"kind": "no_space", "path": "/api/pull", "after_lines": 3})
    job = await working.done(start_pull, mod, server, TINY)
    assert (job.state, job.error_kind) == (State.FAILED, "no_space")
    assert "/" not in job.error.replace("no space left on device", "")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut", "after_lines": 2},
        {"kind": "eof"},
        {"kind": "error", "after_lines": 2, "text": "max retries exceeded: EOF"},
        {"kind": "busy"},
    ],
)
async def test_what_may_do_better_later_is_tried_again(working, server, mod, practice, fault):
    practice.script(faults={"times": 1, "path": "/api/pull", **fault})
    job = await working.done(start_pull, mod, server, TINY)
    assert job.state == State.QUEUED
    assert job.error_kind
    assert job.not_before > working.time
    job = await working.again(job)
    assert (job.state, job.error_kind, job.error) == (State.DONE, "", "")


async def test_a_server_that_cannot_be_reached_is_tried_again(working, server, mod, practice):
    with practice.down():
        job = await working.done(start_pull, mod, server, TINY)
    assert (job.state, job.error_kind) == (State.QUEUED, "unreachable")
    assert (await working.again(job)).state == State.DONE


async def test_the_pauses_grow(working, server, mod, practice):
    practice.script(faults={"kind": "cut", "path": "/api/pull", "after_lines": 1})
    job = await working.done(start_pull, mod, server, TINY)
    pauses = []
    for _ in range(3):
        pauses.append((job.not_before - working.time).total_seconds())
        job = await working.again(job)
    assert pauses == sorted(set(pauses))


async def test_cancel_closes_the_connection_and_a_new_pull_goes_on(working, server, mod, practice):
    practice.script(faults={"kind": "stall", "path": "/api/pull", "after_lines": 3, "times": 1})
    job = await working.begin(start_pull, mod, server, TINY)
    await practice.asked("/api/pull")
    await in_database(job.request_cancel)
    await working.runner.renew()
    job = await working.idle(job)
    assert job.state == State.CANCELLED
    await practice.cut("/api/pull")
    again = await working.done(start_pull, mod, server, TINY)
    assert again.pk != job.pk
    assert again.state == State.DONE


async def test_totals_that_shrink_and_counts_that_fall_do_no_harm(working, server, mod, practice):
    for kind in ("shrinking", "backwards", "no_totals"):
        practice.reset()
        practice.script(faults={"kind": kind})
        job = await working.done(start_pull, mod, server, TINY)
        assert job.state == State.DONE, kind


async def test_fifty_thousand_lines_a_second_are_a_short_log(working, server, mod, practice):
    practice.script(faults={"kind": "flood", "size": 100})
    job = await working.done(start_pull, mod, server, TINY)
    assert job.state == State.DONE
    assert len(job.log) < 5_000
    assert len(json.dumps(job.progress)) < 5_000


async def test_a_create_makes_a_model_and_tells_of_it(working, server, mod, practice):
    request = {"from": "practice:latest", "system": "You are Mario."}
    job = await working.done(start_create, mod, server, "mario", request)
    assert job.state == State.DONE
    assert "mario:latest" in practice.names()
    assert await stands_in_the_catalogue("mario:latest")
    (sent,) = practice.requests("/api/create")
    assert sent["body"]["system"] == "You are Mario."


async def test_a_create_of_a_source_that_is_gone_says_so(working, server, mod):
    job = await working.done(start_create, mod, server, "mario", {"from": "nobody/gone"})
    assert (job.state, job.error_kind) == (State.FAILED, "not_in_registry")


async def test_a_push_sends_it_where_its_name_says(working, server, mod, practice, settings):
    settings.REGISTRIES = {"registry.ollama.ai": "https", "127.0.0.1:5003": "http"}
    practice.script(registry_hosts=["127.0.0.1:5003"])
    await working.done(start_create, mod, server, "127.0.0.1:5003/team/pip", {"from": "practice"})
    job = await working.done(start_push, mod, server, "127.0.0.1:5003/team/pip")
    assert (job.state, job.error) == (State.DONE, "")
    (sent,) = practice.requests("/api/push")
    assert sent["body"]["insecure"] is True


async def test_a_server_that_was_put_aside_gets_no_jobs(working, server, mod, practice):
    job = await in_database(start_pull, mod, server, TINY)
    server.enabled = False
    await in_database(server.save)
    await working.runner.claim()
    job = await working.idle(job)
    assert (job.state, job.error_kind) == (State.FAILED, "server_gone")
    assert not practice.requests("/api/pull")


async def test_a_dead_workers_pull_is_done_by_another(working, server, mod, practice):
    practice.script(faults={"kind": "stall", "path": "/api/pull", "after_lines": 3, "times": 1})
    job = await working.begin(start_pull, mod, server, TINY)
    await practice.asked("/api/pull")
    await working.runner.renew()
    lost = await working.stored(job)
    gone = {"owner": "dead", "lease_until": working.time, "epoch": lost.epoch + 1}
    await in_database(Job.objects.filter(pk=job.pk).update, **gone)
    await working.runner.renew()  # ours notices that it is not ours any more
    await asyncio.wait_for(working.runner.idle(), 5)
    await in_database(Job.objects.reap, working.time.replace(year=2100))
    working.time = working.time.replace(year=2101)
    await working.runner.claim()
    job = await working.idle(job)
    assert (job.state, job.losses, job.progress["fraction"]) == (State.DONE, 1, 1.0)
