"""Jobs wait for their server, and for others on the same name."""

import pytest
from django.conf import settings

from inference import job_line, jobs
from inference.models import Job
from tests.factories import a_server, at

pytestmark = pytest.mark.django_db
ROOM = {"short": 8, "long": 32}


async def nothing(work):
    pass


@pytest.fixture(autouse=True)
def known_kinds(monkeypatch):
    monkeypatch.setattr(jobs, "kinds", {})
    jobs.register("pull", nothing, in_line=True, alone=True)
    jobs.register("delete", nothing, alone=True)
    jobs.register("load", nothing)


def submit(kind, server, *names, seconds=0.0):
    job = Job.objects.submit(kind, server=server, subject=" ".join(names))
    Job.objects.filter(pk=job.pk).update(created_at=at(seconds))
    return job


def claim(**room):
    return [str(job) for job in job_line.claim("one", at(100), **ROOM | room)]


def test_a_server_has_so_many_at_once_and_the_oldest_first():
    one, other = a_server(), a_server()
    for number in range(settings.SERVER_JOBS + 2):
        submit("pull", one, f"m{number}", seconds=number)
    submit("pull", other, "m9", seconds=9)
    assert claim() == ["pull m0", "pull m1", "pull m9"]
    assert claim() == []
    Job.objects.filter(subject="m0").update(state=Job.State.DONE)
    assert claim() == ["pull m2"]


def test_the_number_is_a_setting(settings):
    settings.SERVER_JOBS = 1
    server = a_server()
    for number in range(2):
        submit("pull", server, f"m{number}", seconds=number)
    assert claim() == ["pull m0"]


def test_what_is_quick_does_not_wait_in_the_line():
    server = a_server()
    for number in range(5):
        submit("pull", server, f"m{number}", seconds=number)
    submit("load", server, "other 10m", seconds=9)
    submit("delete", server, "another", seconds=10)
    assert claim() == ["pull m0", "pull m1", "load other 10m", "delete another"]


def test_one_name_has_one_job_at_once_on_a_server():
    server = a_server()
    submit("pull", server, "pip", seconds=0)
    submit("delete", server, "pip", seconds=1)
    submit("delete", server, "mario pip", seconds=2)
    submit("delete", a_server(), "pip", seconds=3)
    submit("load", server, "pip -1", seconds=4)
    assert claim() == ["pull pip", "delete pip", "load pip -1"]
    Job.objects.update(state=Job.State.DONE)
    Job.objects.filter(subject="mario pip").update(state=Job.State.QUEUED)
    assert claim() == ["delete mario pip"]


def test_who_came_later_for_a_name_does_not_go_first(settings):
    settings.SERVER_JOBS = 1
    server = a_server()
    submit("pull", server, "big", seconds=0)
    submit("pull", server, "pip", seconds=1)
    submit("delete", server, "pip", seconds=2)
    assert claim() == ["pull big"]


def test_each_sort_has_room_of_its_own():
    for number in range(3):
        server = a_server()
        submit("pull", server, f"m{number}", seconds=number)
        submit("load", server, f"m{number}", seconds=number + 0.5)
    assert claim(short=1, long=2) == ["pull m0", "load m0", "pull m1"]


def test_a_claimed_job_is_ready_to_be_worked_on(django_assert_num_queries):
    submit("pull", a_server(name="gpu"), "pip")
    (job,) = job_line.claim("one", at(5), **ROOM)
    assert (job.state, job.owner, job.epoch, job.attempts) == ("running", "one", 1, 1)
    assert (job.started_at, job.lease_until) == (at(5), at(5) + jobs.LEASE)
    with django_assert_num_queries(0):
        assert job.server.name == "gpu"


def test_a_look_that_finds_nothing_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert claim() == []
