"""What can be done with one model or many: who is asked, what is said first, which jobs begin."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Group
from chat.models import Conversation
from inference.models import Job, Run
from models_admin.board.rows import key_of
from tests.factories import a_model, a_run, a_server

NAMES = ["loads", "unloads", "renewals", "copies", "renames", "pushes", "deletions", "access"]
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counted_anew():
    cache.clear()


@pytest.fixture
def gpu(db):
    return a_server(name="gpu-1")


@pytest.fixture
def pip(gpu):
    return a_model(gpu, "team/pip:latest", digest="abc123")


def key(model) -> str:
    return key_of(model.name, model.digest)


def url(name) -> str:
    return reverse(f"models_admin:{name}")


def look(client, name, *models) -> str:
    answer = client.get(url(name), {"model": [key(model) for model in models]}, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def do(client, what, /, *models, **data):
    return client.post(url(what), {"model": [key(model) for model in models], **data})


def begun() -> list[tuple]:
    return [
        (job.kind, job.server.name, job.parameters["names"])
        for job in Job.objects.order_by("created_at")
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_sent_to_sign_in(name, client, pip):
    for answer in (client.get(url(name)), do(client, name, pip)):
        assert answer.headers["Location"].startswith(reverse("accounts:sign_in"))
    assert begun() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_member_may_not(name, eve, client_of, pip):
    client = client_of(eve)
    assert client.get(url(name), {"model": key(pip)}).status_code == 403
    assert do(client, name, pip, running="wait", name="x", who="everyone").status_code == 403
    assert begun() == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("person", ["mod", "admin"])
def test_a_manager_is_asked_in_a_dialog_or_on_a_page(name, person, request, client_of, pip):
    client = client_of(request.getfixturevalue(person))
    assert "<show-dialog" in look(client, name, pip)
    page = client.get(url(name), {"model": key(pip)}).content.decode()
    assert "<show-dialog" not in page
    assert "team/pip:latest" in page
    assert begun() == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_chosen_is_nothing_done(name, mod, client_of, pip):
    client = client_of(mod)
    assert "Nothing is chosen" in client.get(url(name)).content.decode()
    assert client.post(url(name), {"model": "none"}).status_code == 422
    assert begun() == []


@pytest.mark.parametrize(
    ("name", "data", "job"),
    [
        ("loads", {"keep": ""}, ("load", "gpu-1", ["team/pip:latest"])),
        ("renewals", {}, ("pull", "gpu-1", ["team/pip:latest"])),
        ("copies", {"name": "other"}, ("copy", "gpu-1", ["team/pip:latest", "other:latest"])),
        ("renames", {"name": "other:1"}, ("rename", "gpu-1", ["team/pip:latest", "other:1"])),
        ("pushes", {}, ("push", "gpu-1", ["team/pip:latest"])),
        ("deletions", {"running": "wait"}, ("delete", "gpu-1", ["team/pip:latest"])),
    ],
)
def test_a_manager_starts_a_job(name, data, job, mod, client_of, pip):
    answer = do(client_of(mod), name, pip, **data)
    assert answer.headers["Location"] == reverse("models_admin:jobs")
    assert begun() == [job]
    assert Job.objects.get().person == mod


def test_over_htmx_the_dialog_closes_and_the_page_says_it(mod, client_of, pip):
    data = {"model": key(pip), "running": "wait"}
    answer = client_of(mod).post(url("deletions"), data, headers=HTMX)
    assert 'hx-target="#dialogs"' in answer.content.decode()
    assert "1 job has begun." in answer.content.decode()


def test_many_at_once_are_a_job_each(mod, client_of, gpu, pip):
    other = a_model(gpu, "other:latest")
    do(client_of(mod), "deletions", pip, other, running="stop")
    assert sorted(names for _, _, names in begun()) == [["other:latest"], ["team/pip:latest"]]
    assert {job.parameters["running"] for job in Job.objects.all()} == {"stop"}


# On which servers


def test_of_several_servers_one_is_chosen(mod, client_of, pip):
    second = a_server(name="gpu-2")
    a_model(second, pip.name, digest=pip.digest)
    client = client_of(mod)
    assert look(client, "deletions", pip).count(" checked") == 2
    assert look(client, "loads", pip).count(" checked") == 1
    do(client, "deletions", pip, servers=[str(second.pk)], running="wait")
    assert [server for _, server, _ in begun()] == ["gpu-2"]


def test_no_server_chosen_is_said(mod, client_of, pip):
    a_model(a_server(name="gpu-2"), pip.name, digest=pip.digest)
    answer = do(client_of(mod), "deletions", pip, running="wait")
    assert answer.status_code == 422
    assert "Choose a server." in answer.content.decode()


def test_other_files_under_the_name_are_not_meant(mod, client_of, pip):
    a_model(a_server(name="gpu-2"), pip.name, digest="other")
    do(client_of(mod), "deletions", pip, running="wait")
    assert [server for _, server, _ in begun()] == ["gpu-1"]


# Delete says first who uses it


def test_delete_says_who_would_miss_it(mod, ann, bob, client_of, gpu, pip):
    for person in (ann, ann, bob):
        Conversation.objects.create(owner=person, title="Secret plans", model_name=pip.name)
    Conversation.objects.create(owner=ann, model_name=pip.name, deleted_at=timezone.now())
    a_model(gpu, "mario:latest", parent=pip.name)
    pip.groups.add(Group.objects.create(name="Engineers"))
    dialog = look(client_of(mod), "deletions", pip)
    for said in (
        "3 conversations of the last 30 days go on with it, of 2 people.",
        "Made from it: mario:latest.",
        "It is reserved for Engineers.",
    ):
        assert said in dialog
    assert "Secret plans" not in dialog


def test_delete_of_what_nobody_uses_says_that(mod, client_of, pip):
    assert "Nobody has used it in the last 30 days" in look(client_of(mod), "deletions", pip)


def test_running_answers_are_waited_for_or_stopped_as_chosen(mod, ann, client_of, pip):
    client = client_of(mod)
    assert 'type="radio"' not in look(client, "deletions", pip)
    run = a_run(ann, pip.name)
    Run.objects.filter(pk=run.pk).update(status=Run.Status.RUNNING)
    dialog = look(client, "deletions", pip)
    assert "Wait until they have ended" in dialog
    assert "1 answer is being written" in dialog
    do(client, "deletions", pip, running="stop")
    assert Job.objects.get().parameters["running"] == "stop"


# Load and unload


def test_load_names_what_ollama_may_drop_for_it(mod, client_of, gpu, pip):
    a_model(gpu, "near:latest", loaded=True, size_loaded=4_000_000_000)
    a_model(a_server(name="gpu-2"), "far:latest", loaded=True, size_loaded=1)
    dialog = look(client_of(mod), "loads", pip)
    assert "near:latest" in dialog
    assert "far:latest" not in dialog


@pytest.mark.parametrize(("keep", "sent"), [("", None), ("30m", "30m"), ("-1", -1)])
def test_load_keeps_it_for_a_time(keep, sent, mod, client_of, pip):
    do(client_of(mod), "loads", pip, keep=keep)
    assert Job.objects.get().parameters["keep_alive"] == sent


def test_an_unknown_time_is_refused(mod, client_of, pip):
    assert do(client_of(mod), "loads", pip, keep="1000000h").status_code == 422
    assert begun() == []


def test_unload_is_for_what_is_loaded(mod, client_of, pip):
    client = client_of(mod)
    assert "It is not in the memory of any server." in look(client, "unloads", pip)
    assert do(client, "unloads", pip).status_code == 422
    a_model(a_server(name="gpu-2"), pip.name, digest=pip.digest, loaded=True)
    do(client, "unloads", pip)
    assert begun() == [("unload", "gpu-2", ["team/pip:latest"])]


# Names


@pytest.mark.parametrize("name", ["copies", "renames"])
@pytest.mark.parametrize("typed", ["", "two words", "a/b/c/d", "x" * 300, "Пип", "team/pip"])
def test_what_is_no_new_name_is_told_at_the_field(name, typed, mod, client_of, pip):
    answer = do(client_of(mod), name, pip, name=typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="action-name_error"' in page
    assert f'value="{typed}"' in page or not typed
    assert begun() == []


@pytest.mark.parametrize("name", ["copies", "renames", "pushes"])
def test_one_at_a_time_where_it_takes_a_name(name, mod, client_of, gpu, pip):
    other = a_model(gpu, "other:latest")
    answer = do(client_of(mod), name, pip, other, name="new")
    assert answer.status_code == 422
    assert begun() == []


def test_push_warns_where_it_goes(mod, client_of, pip):
    dialog = look(client_of(mod), "pushes", pip)
    assert "It leaves this network for <b>registry.ollama.ai</b>" in dialog
    assert "<b>team</b>" in dialog


def test_a_push_that_no_registry_takes_is_told(mod, client_of, gpu):
    local = a_model(gpu, "local:latest")
    answer = do(client_of(mod), "pushes", local)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_all_or_nothing_begins(mod, client_of, gpu, pip):
    elsewhere = a_model(gpu, "evil.example/a/b:latest")
    answer = do(client_of(mod), "renewals", pip, elsewhere)
    assert answer.status_code == 422
    assert begun() == []
