"""The activity: who sees what of it, and what may be done there."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Group
from inference.models import Model, Run, Server
from models_admin.activity.measuring import PROMPTS, prompt
from tests.factories import a_model, a_server

pytestmark = pytest.mark.django_db
URL = "/models/activity/"
PIP = "pip:latest"


@pytest.fixture
def server():
    now = timezone.now()
    return a_server(PIP, name="gpu-1", version="0.24.0", answered_at=now, checked_at=now)


def a_run(person, *, running=True, server=None, **fields) -> Run:
    usual = {"model_name": PIP, "purpose": Run.Purpose.ANSWER, "subject": uuid4()}
    run = Run.objects.submit(person=person, **usual | fields)
    if running:
        Run.objects.filter(pk=run.pk).update(
            status=Run.Status.RUNNING, started_at=timezone.now(), server=server, owner="worker"
        )
    return run


@pytest.fixture
def look(client_of):
    def page(person, **headers) -> str:
        return client_of(person).get(URL, headers=headers).content.decode()

    return page


def stop(run) -> str:
    return f"{URL}runs/{run.pk}/cancellation/"


def test_a_stranger_is_sent_to_sign_in(client):
    for answer in (client.get(URL), client.post(f"{URL}measurements/"), client.post(stop(Run()))):
        assert "/sign-in/" in answer.headers["Location"]


@pytest.mark.parametrize("name", ["ann", "eve", "mod", "admin"])
def test_everybody_who_is_signed_in_may_look(name, request, look, server):
    Model.objects.update(loaded=True, size_loaded=2_000_000_000, size_vram=1_000_000_000)
    page = look(request.getfixturevalue(name))
    for words in ("gpu-1", "0.24.0", PIP, "50 % GPU", "2.0\N{NO-BREAK SPACE}GB", "Nothing runs"):
        assert words in page


def test_names_are_for_administrators(ann, eve, mod, admin, look, server):
    a_run(ann, server=server)
    a_run(ann, running=False)
    for person in (eve, mod):
        page = look(person)
        assert "1 running, 1 waiting" in page
        assert page.count("somebody") == 2
        assert "Ann Arbor" not in page
        assert str(ann.pk) not in page
        assert ann.pk.hex not in page
    assert look(admin).count('<b dir="auto">Ann Arbor</b>') == 2


def test_oneself_is_you(ann, admin, look, server):
    a_run(ann, server=server)
    a_run(admin, server=server)
    page = look(ann)
    assert page.count('<b dir="auto">you</b>') == 1
    assert page.count('<b dir="auto">somebody</b>') == 1
    assert '<b dir="auto">you</b>' in look(admin)


def test_never_what_is_asked(ann, admin, look, server):
    a_run(ann, server=server, parameters={"system": "s3cret words", "options": {"seed": 1}})
    assert "s3cret" not in look(admin)


def test_models_that_one_may_not_use_have_no_name(ann, eve, mod, look, server):
    group = Group.objects.create(name="engineers")
    group.members.add(ann)
    hidden = a_model(server, "hidden:latest", loaded=True, size_loaded=5_000_000_000)
    hidden.groups.add(group)
    a_run(ann, server=server, model_name="hidden:latest")
    Run.objects.update(answer_tokens=10, answer_ns=10**9)
    page = look(eve)
    assert "hidden:latest" not in page
    assert page.count("another model") == 2
    assert "hidden:latest" in look(ann)
    assert "hidden:latest" in look(mod)


def test_a_name_is_text(eve, admin, look, server):
    eve.display_name = "<b>\x02\x03\x04Eve</b>"
    eve.save(update_fields=["display_name"])
    a_run(eve, server=server)
    page = look(admin)
    assert "&lt;b&gt;Eve&lt;/b&gt;" in page
    assert "\x02" not in page


def test_to_htmx_only_the_part_that_changes(ann, look, server):
    part = look(ann, **{"HX-Request": "true"})
    assert "<html" not in part
    assert "gpu-1" in part


def test_speed_of_the_last_day(ann, look, server):
    run = a_run(ann, server=server)
    now = timezone.now()
    Run.objects.filter(pk=run.pk).update(
        status=Run.Status.DONE,
        ended_at=now,
        first_token_at=now,
        answer_tokens=84,
        answer_ns=2 * 10**9,
        load_ns=0,
    )
    assert "42.0" in look(ann)


def test_few_queries_whatever_goes_on(ann, client_of, server, django_assert_max_num_queries):
    for _ in range(10):
        a_run(ann, server=server)
        a_run(ann, running=False)
    client = client_of(ann)
    with django_assert_max_num_queries(30):
        client.get(URL)


def test_an_administrator_stops_a_run(ann, admin, client_of, server):
    running, waiting = a_run(ann, server=server), a_run(ann, running=False)
    client = client_of(admin)
    assert client.post(stop(running)).headers["Location"] == URL
    assert client.post(stop(waiting), headers={"HX-Request": "true"}).status_code == 204
    running.refresh_from_db()
    waiting.refresh_from_db()
    assert running.stop_requested
    assert waiting.status == Run.Status.STOPPED
    assert AuditEntry.objects.filter(event="run_stopped", subject_name="ann").count() == 2
    assert client.post(stop(waiting)).status_code == 302  # too late is no fault
    assert client.post(stop(Run(pk=uuid4()))).status_code == 404


@pytest.mark.parametrize("name", ["ann", "eve", "mod"])
def test_nobody_else_does(name, request, ann, client_of, look, server):
    run = a_run(ann, server=server)
    person = request.getfixturevalue(name)
    assert client_of(person).post(stop(run)).status_code == 403
    run.refresh_from_db()
    assert not run.stop_requested
    assert "cancellation" not in look(person)
    assert "draining" not in look(person)


def test_measuring_asks_five_short_questions_in_the_background(mod, client_of, server):
    client = client_of(mod)
    there = f"{URL}measurements/"
    assert client.post(there, {"model": PIP}).headers["Location"] == URL
    client.post(there, {"model": PIP}, headers={"HX-Request": "true"})
    runs = list(Run.objects.filter(purpose=Run.Purpose.MEASURE))
    assert len(runs) == 5
    assert all(run.background for run in runs)
    assert {prompt(run).messages[0]["content"] for run in runs} == set(PROMPTS)


@pytest.mark.parametrize("model", ["nothing:latest", "", "embed:latest"])
def test_what_cannot_answer_is_not_measured(mod, client_of, server, model):
    a_model(server, "embed:latest", capabilities=["embedding"])
    client_of(mod).post(f"{URL}measurements/", {"model": model})
    assert not Run.objects.exists()


@pytest.mark.parametrize("name", ["ann", "eve"])
def test_members_do_not_measure(name, request, client_of, look, server):
    person = request.getfixturevalue(name)
    assert client_of(person).post(f"{URL}measurements/", {"model": PIP}).status_code == 403
    assert "Model to measure" not in look(person)
    assert not Run.objects.exists()


def test_the_links_are_in_the_navigation(ann, mod, client_of):
    assert 'href="/models/servers/"' in client_of(mod).get(URL).content.decode()
    assert 'href="/models/servers/"' not in client_of(ann).get(URL).content.decode()
    assert (
        f'href="{URL}" aria-current="page">Activity</a>' in client_of(ann).get(URL).content.decode()
    )


def test_a_server_without_a_word_from_it(ann, look):
    Server.objects.create(name="new", url="http://new.example")
    assert "not looked at yet" in look(ann)
