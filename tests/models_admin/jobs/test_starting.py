"""What the pages ask for becomes one job, whoever asks and however often."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from inference.models import Job
from models_admin.jobs import kinds, starting
from tests.factories import a_server


@pytest.fixture
def server(db):
    return a_server()


def test_the_same_pull_twice_is_one_job(mod, admin, server):
    first = starting.start_pull(mod, server, "pip")
    assert starting.start_pull(admin, server, " PIP:latest") == first
    assert starting.start_update(admin, server, "pip:latest") == first
    assert (first.kind, first.person, first.parameters["names"]) == (
        kinds.PULL,
        mod,
        ["pip:latest"],
    )


def test_after_its_end_it_is_a_new_one(mod, server):
    first = starting.start_pull(mod, server, "pip")
    first.request_cancel()
    assert starting.start_pull(mod, server, "pip") != first


def test_the_same_name_on_two_servers_is_two_jobs(mod, server):
    assert starting.start_pull(mod, server, "pip") != starting.start_pull(mod, a_server(), "pip")


def test_a_create_names_a_source_that_may_be_pulled(mod, server):
    job = starting.start_create(mod, server, "mario", {"from": "pip", "system": "Be Mario."})
    assert job.parameters["request"] == {"from": "pip:latest", "system": "Be Mario."}
    with pytest.raises(ValidationError, match=r"evil\.example"):
        starting.start_create(mod, server, "luigi", {"from": "evil.example/a/b"})


def test_two_that_create_the_same_name_at_once_do_not_get_each_others(mod, admin, server):
    request = {"from": "pip:latest", "system": "Be Mario."}
    job = starting.start_create(mod, server, "mario", request)
    assert starting.start_create(admin, server, "mario", dict(request)) == job
    with pytest.raises(ValidationError, match="being made right now"):
        starting.start_create(admin, server, "mario", request | {"system": "Be Luigi."})


def test_a_create_of_unknown_fields_is_a_fault(mod, server):
    with pytest.raises(TypeError):
        starting.start_create(mod, server, "mario", {"from": "pip", "hocus": "pocus"})


def test_a_push_needs_the_name_of_an_account(mod, server):
    with pytest.raises(ValidationError, match="under an account's name"):
        starting.start_push(mod, server, "pip")
    assert starting.start_push(mod, server, "alice/pip").kind == kinds.PUSH


@pytest.mark.parametrize("start", [starting.start_copy, starting.start_rename])
def test_a_copy_is_about_both_names(start, mod, server):
    job = start(mod, server, "pip", "Pip2")
    assert job.subject == "pip:latest pip2:latest"
    assert job.parameters["names"] == ["pip:latest", "Pip2:latest"]
    with pytest.raises(ValidationError, match="has this name already"):
        start(mod, server, "pip", "PIP:latest")


def test_names_too_long_for_a_job_are_refused(mod, server):
    long = f"{'a' * 80}/{'b' * 80}:{'c' * 80}"
    with pytest.raises(ValidationError, match="too long"):
        starting.start_copy(mod, server, long, long.replace("b", "d"))


def test_to_stop_the_answers_may_be_chosen_later(mod, server):
    waits = starting.start_delete(mod, server, "pip")
    assert starting.start_delete(mod, server, "pip", running="stop") == waits
    assert Job.objects.get(pk=waits.pk).parameters["running"] == "stop"


def test_to_keep_it_for_another_time_is_another_job(mod, server):
    short = starting.start_load(mod, server, "pip", "10m")
    assert starting.start_load(mod, server, "pip", "10m") == short
    always = starting.start_load(mod, server, "pip", "-1")
    assert always != short
    assert always.parameters["keep_alive"] == -1


def test_unloading_and_loading_take_any_name_that_is_one(mod, server):
    for start in (starting.start_load, starting.start_unload, starting.start_delete):
        assert start(mod, server, "old.example/a/b").parameters["names"] == [
            "old.example/a/b:latest"
        ]
        with pytest.raises(ValidationError):
            start(mod, server, "a b")


def test_jobs_of_last_year_are_forgotten(mod, server):
    old, young = starting.start_pull(mod, server, "old"), starting.start_pull(mod, server, "young")
    for job, days in ((old, 91), (young, 89)):
        ended_at = timezone.now() - timedelta(days=days)
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, ended_at=ended_at)
    starting.start_pull(mod, server, "pip")
    assert not Job.objects.filter(pk=old.pk).exists()
    assert Job.objects.filter(pk=young.pk).exists()
