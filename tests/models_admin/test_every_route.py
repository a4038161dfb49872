"""What strangers, members and managers get at each route; a new one has to be listed here."""

from uuid import uuid4

import pytest
from django.urls import reverse

from models_admin.urls import urlpatterns
from tests.factories import a_model, a_server

pytestmark = pytest.mark.django_db

FOR_EVERYBODY = {"board", "model", "modelfile", "tensors", "activity"}
FOR_ADMINISTRATORS = {
    "run_cancellation",
    "server_addition",
    "server_deletion",
    "server_draining",
}
FOR_MANAGERS = {
    *("access", "copies", "deletions", "loads", "pushes", "renames", "renewals", "unloads"),
    *("adoption", "measurements", "server", "server_checks", "servers"),
    *("create", "create_form", "create_modelfile", "drafts", "modelfile_text"),
    *("trial_answer", "trial_cancellation", "trials"),
    *("job", "job_cancellation", "job_retries", "jobs", "jobs_badge", "pulls", "updates"),
    *("upload", "upload_creation", "upload_file", "upload_removal", "uploads"),
}
PAGES = {"board", "model", "activity", "create", "create_modelfile", "jobs"} | {
    *("servers", "server_addition", "uploads", "deletions")
}


def routes():
    """All routes by name, with what stands in their addresses."""
    for pattern in urlpatterns:
        for each in getattr(pattern, "url_patterns", [pattern]):
            yield each.name, list(each.pattern.converters)


def address(name: str) -> str:
    words = {"name": "pip:latest"}
    holes = {hole: words.get(hole, uuid4()) for hole in dict(routes())[name]}
    return reverse(f"models_admin:{name}", kwargs=holes)


def answer(client, name: str):
    """To the first method that the route has."""
    answers = (getattr(client, method)(address(name)) for method in ("get", "post", "patch"))
    return next(each for each in answers if each.status_code != 405)


def test_each_route_says_whom_it_is_for():
    names = [name for name, _ in routes()]
    assert sorted(names) == sorted(FOR_EVERYBODY | FOR_ADMINISTRATORS | FOR_MANAGERS)


def test_a_stranger_is_sent_to_sign_in(client):
    for name, _ in routes():
        there = answer(client, name)
        assert there.status_code == 302, name
        assert there.headers["Location"].startswith(reverse("accounts:sign_in")), name


def test_a_member_may_not(eve, client_of):
    client = client_of(eve)
    got = {name: answer(client, name).status_code for name, _ in routes()}
    assert {name for name, status in got.items() if status != 403} == FOR_EVERYBODY


def test_a_manager_may_not_do_what_administrators_do(mod, client_of):
    client = client_of(mod)
    got = {name: answer(client, name).status_code for name in FOR_ADMINISTRATORS | FOR_MANAGERS}
    assert {name for name, status in got.items() if status == 403} == FOR_ADMINISTRATORS


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_page_hears_of_jobs_and_is_small(name, admin, client_of):
    a_model(a_server(), "pip:latest")
    page = client_of(admin).get(address(name)).content
    assert page.count(b"<jobs-badge") == 1
    assert page.count(b"hx-ws:connect=") == 1
    assert len(page) < 80_000


@pytest.mark.parametrize("name", ["board", "create", "jobs", "servers", "uploads"])
def test_so_does_one_that_has_nothing_to_show_yet(name, admin, client_of):
    page = client_of(admin).get(address(name)).content
    assert page.count(b"hx-ws:connect=") == 1
