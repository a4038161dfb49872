"""The pages of jobs: what they say, what they begin, and who may."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from inference.models import Job
from models_admin.jobs import kinds
from models_admin.jobs.retrying import retry
from models_admin.jobs.starting import (
    start_copy,
    start_create,
    start_delete,
    start_load,
    start_pull,
    start_rename,
    start_unload,
    start_update,
)
from tests.factories import a_model, a_server

JOBS = "/models/jobs/"
PULLS = "/models/jobs/pulls/"
GB = 1_000_000_000


@pytest.fixture
def server(db):
    return a_server(name="gpu-1")


@pytest.fixture
def page(mod, client_of):
    """A function: the words of a page as a manager sees it."""

    def read(url=JOBS, status=200, **form):
        client = client_of(mod)
        answer = client.post(url, form) if form else client.get(url)
        assert answer.status_code == status
        text = re.sub(r"<[^>]+>", " ", answer.content.decode())
        return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " ")).replace(" ,", ",")

    return read


def change(job, **fields):
    Job.objects.filter(pk=job.pk).update(**fields)
    return job


def ended(job, state=Job.State.FAILED, **fields):
    return change(job, state=state, ended_at=timezone.now(), **fields)


# Who may


def routes(job):
    return [
        ("get", JOBS),
        ("get", f"{JOBS}badge/"),
        ("get", f"{JOBS}{job.pk}/"),
        ("post", PULLS),
        ("post", f"{JOBS}updates/"),
        ("post", f"{JOBS}{job.pk}/cancellation/"),
        ("post", f"{JOBS}{job.pk}/retries/"),
    ]


def test_a_member_may_open_and_begin_nothing(eve, mod, client_of, server):
    job = start_pull(mod, server, "pip")
    for method, url in routes(job):
        assert getattr(client_of(eve), method)(url).status_code == 403, url
    assert list(Job.objects.all()) == [job]
    assert not Job.objects.get().cancel_requested


def test_a_stranger_is_sent_to_sign_in(client, mod, server):
    for method, url in routes(start_pull(mod, server, "pip")):
        answer = getattr(client, method)(url)
        assert answer.headers["Location"].startswith(reverse("accounts:sign_in")), url


def test_jobs_of_other_parts_are_not_shown(mod, client_of, server):
    refresh = Job.objects.submit("refresh", server=server)
    assert client_of(mod).get(f"{JOBS}{refresh.pk}/").status_code == 404
    assert "refresh" not in client_of(mod).get(JOBS).content.decode()


# Pull


def test_a_pull_is_begun_and_shown(page, mod, client_of, server):
    answer = client_of(mod).post(PULLS, {"name": "llama3.2:3b", "server": server.pk})
    assert answer.headers["Location"] == JOBS
    job = Job.objects.get()
    assert (job.kind, job.parameters["names"], job.person) == (kinds.PULL, ["llama3.2:3b"], mod)
    assert "llama3.2:3b pull to gpu-1" in page()
    assert "0 run, 1 waits" in page()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the model a name"),
        ("llama 3", "cannot hold a space"),
        ("<b>pip</b>", "cannot hold"),
        ("evil.example/a/b", "not on this installation"),
        ("x" * 300, "300 characters"),
        ("gpt-oss:120b-cloud", "ollama.com"),
    ],
)
def test_a_wrong_name_is_explained_at_the_field_and_kept(mod, client_of, server, name, words):
    answer = client_of(mod).post(PULLS, {"name": name, "server": server.pk})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'aria-invalid="true"' in page
    assert "<b>pip" not in page
    assert not Job.objects.exists()


def test_a_link_can_name_the_model(mod, client_of, server):
    page = client_of(mod).get(JOBS, {"name": 'pip"><script>'}).content.decode()
    assert 'value="pip&quot;&gt;&lt;script&gt;"' in page


def test_the_server_is_asked_for_where_there_are_several(page, mod, client_of, server):
    assert "Server" not in client_of(mod).get(JOBS).content.decode().split('id="pull"')[1][:900]
    other = a_server(name="gpu-2")
    assert "gpu-2" in page()
    client_of(mod).post(PULLS, {"name": "pip", "server": other.pk})
    assert Job.objects.get().server == other


def test_a_server_that_was_put_aside_is_no_choice(page, server):
    server.enabled = False
    server.save()
    assert "No server is in use" in page(PULLS, 422, name="pip")
    assert "not in use any more" in page(PULLS, 422, name="pip", server=str(server.pk))


def test_all_models_are_updated(mod, client_of, server):
    a_model(server, "pip:latest")
    a_model(a_server(), "pip:latest")
    a_model(server, "evil.example/a/b:latest")
    a_model(server, "gone:latest", present=False)
    assert client_of(mod).post(f"{JOBS}updates/").headers["Location"] == JOBS
    assert [job.parameters["update"] for job in Job.objects.all()] == [True, True]


def test_nothing_to_update_is_said(page, server):
    assert "There is no model to update" in page(f"{JOBS}updates/", 409, all="1")


# What is shown


def test_a_running_pull_has_its_figures(page, mod, server):
    change(
        start_pull(mod, server, "qwen3:32b"),
        state=Job.State.RUNNING,
        progress={
            "status": "pulling 797b70c4edf8",
            "completed": int(11.2 * GB),
            "total": int(20.2 * GB),
            "fraction": 0.55,
            "speed": 84e6,
            "left": 107,
            "layers": [["sha256:797b70c4edf8aa", "pulling", int(11.2 * GB), int(20.2 * GB)]],
        },
    )
    assert "11.2 of 20.2 GB 84.0 MB/s about 2 min left 55 %" in page()
    assert "797b70c4edf8 11.2 of 20.2 GB" in page(f"{JOBS}{Job.objects.get().pk}/")
    assert "1 runs, 0 wait" in page()


def test_without_a_total_there_is_no_bar(mod, client_of, server):
    progress = {"status": "verifying sha256 digest", "completed": 0, "total": 0, "fraction": None}
    change(start_pull(mod, server, "pip"), state=Job.State.RUNNING, progress=progress)
    text = client_of(mod).get(JOBS).content.decode()
    assert "checks what came" in text
    assert "<progress" not in text


@pytest.mark.parametrize(
    ("start", "arguments", "words"),
    [
        (start_update, ["pip"], "pip:latest update on gpu-1"),
        (start_copy, ["pip", "mario"], "pip:latest copy to mario:latest on gpu-1"),
        (start_rename, ["pip", "mario"], "pip:latest rename to mario:latest on gpu-1"),
        (start_create, ["mario", {"from": "pip"}], "mario:latest create on gpu-1"),
        (start_delete, ["pip"], "pip:latest delete from gpu-1"),
        (start_load, ["pip", "10m"], "pip:latest load on gpu-1"),
        (start_unload, ["pip"], "pip:latest unload on gpu-1"),
    ],
)
def test_says_what_each_job_does(page, mod, server, start, arguments, words):
    start(mod, server, *arguments)
    assert words in page()


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        ({"result": "current"}, "Already current"),
        ({"result": "new", "fetched": 5_200_000}, "A newer version came"),
        ({"result": "local"}, "No registry has it"),
    ],
)
def test_says_what_came_of_a_pull(page, mod, server, progress, words):
    ended(start_update(mod, server, "pip"), Job.State.DONE, progress=progress)
    assert words in page()


def test_says_how_large_the_pulled_model_is(page, mod, server):
    ended(start_pull(mod, server, "pip"), Job.State.DONE, progress={"total": 5_200_000})
    assert "Pulled, 5.2 MB" in page()


def test_a_failure_says_what_to_do_and_what_is_left(page, mod, server):
    job = start_pull(mod, server, "pip")
    ended(job, error_kind="no_space", error="no space left", progress={"completed": 5})
    text = page(f"{JOBS}{job.pk}/")
    assert "The disk of gpu-1 is full. Delete models that nobody uses" in text
    assert "to pull it again goes on from there" in text
    assert "Started by mod" in text


def test_a_retry_that_is_coming_says_why_and_when(page, mod, server):
    later = timezone.now() + timedelta(minutes=5)
    change(start_pull(mod, server, "pip"), error_kind="unreachable", not_before=later)
    assert "gpu-1 cannot be reached. Look whether Ollama runs there" in page()
    assert "Tries again at" in page()


def test_a_deletion_says_that_it_waits(page, mod, server):
    change(start_delete(mod, server, "pip"), progress={"waits_for": 2})
    assert "Waits for 2 answers to end" in page()


def test_a_renaming_that_failed_half_way_says_how_to_clear_it(page, mod, server):
    job = start_rename(mod, server, "pip", "mario")
    ended(job, error_kind="refused", progress={"copied": True})
    assert "under both names" in page(f"{JOBS}{job.pk}/")


def test_what_a_server_says_is_text(mod, client_of, server):
    evil = "<img src=x onerror=alert(1)>"
    job = ended(
        start_pull(mod, server, "pip"),
        error_kind="refused",
        error=evil,
        log='["2026-01-05T09:00:00+00:00", "Ollama: %(status)s", {"status": "<script>"}]\nhalf a l',
        progress={"status": evil, "layers": [[evil, evil, 1, 2]], "completed": 1, "total": 2},
    )
    for url in (JOBS, f"{JOBS}{job.pk}/"):
        text = client_of(mod).get(url).content.decode()
        assert "<img" not in text
        assert "<script>" not in text
        assert "&lt;img" in text
    assert "Ollama: &lt;script&gt;" in text


def test_htmx_gets_the_list_alone(mod, client_of, server):
    text = client_of(mod).get(JOBS, headers={"HX-Request": "true"}).content.decode()
    assert text.startswith('<div class="stack" id="jobs"')


def test_a_page_with_many_jobs_stays_small(mod, client_of, server):
    for number in range(60):
        ended(start_pull(mod, server, f"model-{number}"), error_kind="not_in_registry")
    assert len(client_of(mod).get(JOBS).content) < 80_000


# Cancel and retry


def test_a_waiting_job_is_cancelled_at_once(page, mod, client_of, server):
    job = start_pull(mod, server, "pip")
    answer = client_of(mod).post(f"{JOBS}{job.pk}/cancellation/")
    assert answer.headers["Location"] == JOBS
    assert Job.objects.get(kind=kinds.PULL).state == Job.State.CANCELLED
    assert "Cancelled" in page()


def test_cancelling_is_too_late_after_the_end(page, mod, server):
    job = ended(start_pull(mod, server, "pip"), Job.State.DONE)
    assert "It had already ended" in page(f"{JOBS}{job.pk}/cancellation/", 409, x="1")


def test_a_failed_job_is_done_again_by_who_asks(admin, mod, client_of, server):
    job = ended(start_create(mod, server, "mario", {"from": "pip"}))
    client_of(admin).post(f"{JOBS}{job.pk}/retries/")
    again = Job.objects.exclude(pk=job.pk).get()
    assert (again.kind, again.person, again.parameters) == (kinds.CREATE, admin, job.parameters)


def test_a_pause_can_be_cut_short(mod, client_of, server):
    later = timezone.now() + timedelta(hours=1)
    job = change(start_pull(mod, server, "pip"), error_kind="busy", not_before=later)
    answer = client_of(mod).post(f"{JOBS}{job.pk}/retries/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert Job.objects.get().not_before is None


def test_what_went_well_is_not_done_again(mod, server):
    job = ended(start_pull(mod, server, "pip"), Job.State.DONE)
    job.refresh_from_db()
    with pytest.raises(ValidationError, match="nothing to try again"):
        retry(job, mod)


def test_a_retry_is_checked_like_a_first_try(mod, server, settings):
    job = ended(start_pull(mod, server, "pip"))
    job.refresh_from_db()
    settings.REGISTRIES = {"registry.lan": "https"}
    with pytest.raises(ValidationError, match="not on this installation's list"):
        retry(job, mod)


# The navigation


def test_everybody_finds_the_models_and_managers_the_number_of_jobs(mod, eve, client_of, server):
    change(start_pull(mod, server, "pip"), state=Job.State.RUNNING)
    assert "1 job is running" in client_of(mod).get("/").content.decode()
    page = client_of(eve).get("/").content.decode()
    assert "<span>Models</span>" in page
    assert "job is running" not in page
