"""Exports of one conversation and of all, and imports, over HTTP and through their jobs."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from chat.exporting import archive
from chat.importing import files
from chat.models import Attachment, Conversation, Message
from inference.clients import Clients
from inference.job_runner import JobRunner
from inference.models import Job
from tests.chat.conftest import HTMX, MODEL

SAMPLES = Path(__file__).parent / "imports"
DATA = "/data/"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def talk(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "Because of <b>Rayleigh</b>.")
    return conversation


def work():
    """Does what waits, as a worker would."""

    async def run():
        runner = JobRunner("one", Clients(), timezone.now)
        await runner.claim()
        await runner.idle()
        await runner.stop()

    async_to_sync(run)()


def exported(client, conversation, form):
    return client.get(reverse("chat:export", args=[conversation.pk, form]))


def body(response):
    async def read():
        return b"".join([chunk async for chunk in response.streaming_content])

    return async_to_sync(read)()


def test_markdown_is_what_was_said(ann, client_of, talk):
    answer = exported(client_of(ann), talk, "md")
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    written = answer.content.decode()
    assert written.startswith("# Why is the sky blue?\n\nWith pip:latest, begun on ")
    assert written.endswith(
        "## Ann Arbor\n\nWhy is the sky blue?\n\n## pip:latest\n\nBecause of <b>Rayleigh</b>.\n"
    )


def test_only_a_page_renders_what_was_not_rendered_yet(ann, client_of, talk):
    unrendered = Message.objects.filter(pk=talk.leaf_id, html_version=0)
    Message.objects.filter(pk=talk.leaf_id).update(html_version=0, html="")
    assert "Rayleigh" in exported(client_of(ann), talk, "md").text
    assert unrendered.exists()
    assert "Rayleigh" in exported(client_of(ann), talk, "html").text
    assert not unrendered.exists()


def test_a_page_stands_alone_and_runs_nothing(ann, client_of, talk):
    page = exported(client_of(ann), talk, "html").content.decode()
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "Rayleigh" in page
    assert "--measure" in page  # its style is in it


def test_json_holds_every_version(ann, client_of, talk):
    whole = json.loads(exported(client_of(ann), talk, "json").content)
    [conversation] = whole["conversations"]
    assert [each["role"] for each in conversation["messages"]] == ["user", "assistant"]


def test_what_is_printed_is_the_whole_path(ann, client_of, talk):
    assert "Because of" in exported(client_of(ann), talk, "print").content.decode()


@pytest.mark.parametrize("form", ["md", "html", "json", "print"])
def test_eve_exports_nothing(eve, client_of, talk, form):
    assert exported(client_of(eve), talk, form).status_code == 404


def test_another_form_is_not_found(ann, client_of, talk):
    assert exported(client_of(ann), talk, "pdf").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_everything_is_made_in_the_background_and_downloaded(ann, eve, client_of, talk):
    client = client_of(ann)
    client.post("/data/exports/")
    client.post("/data/exports/")
    job = Job.objects.get(kind="export")  # one at a time
    assert "Waiting to be made" in client.get(DATA).content.decode()
    work()
    assert "Download" in client.get(DATA, headers=HTMX).content.decode()
    whole = zipfile.ZipFile(io.BytesIO(body(client.get(f"/data/exports/{job.pk}/"))))
    kinds = sorted(name.split("/")[0] for name in whole.namelist())
    assert kinds == ["html", "json", "markdown"]
    assert client_of(eve).get(f"/data/exports/{job.pk}/").status_code == 404
    assert archive.path_of(job.pk).stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_an_archive_is_removed_after_a_week(ann, client_of, talk):
    client_of(ann).post("/data/exports/")
    work()
    path = archive.path_of(Job.objects.get(kind="export").pk)
    archive.remove_old(timezone.now() + timedelta(days=6))
    assert path.exists()
    archive.remove_old(timezone.now() + timedelta(days=8))
    assert not path.exists()
    assert "No longer kept" in client_of(ann).get(DATA).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_leaves_no_half_of_an_archive(ann, client_of, talk, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "open", full)
    client_of(ann).post("/data/exports/")
    work()
    assert list(archive.folder().iterdir()) == []
    assert "no room" in client_of(ann).get(DATA).content.decode()


def sent(client, content, name="export.json"):
    return client.post("/data/imports/", {"file": SimpleUploadedFile(name, content)})


@pytest.mark.django_db(transaction=True)
def test_a_look_stores_nothing_and_the_import_all_once(ann, eve, client_of):
    client = client_of(ann)
    looked = sent(client, (SAMPLES / "chatgpt.json").read_bytes())["Location"]
    work()
    page = client.get(looked).content.decode()
    assert "ChatGPT" in page
    assert "New conversations" in page
    assert not Conversation.objects.exists()
    assert client_of(eve).get(looked).status_code == 404
    assert client_of(eve).post(looked).status_code == 404

    done = client.post(looked)["Location"]
    work()
    assert "The import is done." in client.get(done, headers=HTMX).content.decode()
    assert Conversation.objects.get().title == "Fibonacci"
    assert list(files.folder().iterdir()) == []

    again = sent(client, (SAMPLES / "chatgpt.json").read_bytes())["Location"]
    work()
    assert "nothing new" in client.get(again).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_cut_says_so_in_its_senders_language(ann, client_of):
    ann.language = "en"
    ann.save()
    looked = sent(client_of(ann), b'[{"mapping": {')["Location"]
    work()
    page = client_of(ann).get(looked).content.decode()
    assert "This is not JSON, or it is cut off." in page
    assert client_of(ann).post(looked).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_gone_by_then_says_so(ann, client_of):
    looked = sent(client_of(ann), (SAMPLES / "chatgpt.json").read_bytes())["Location"]
    files.remove_old(timezone.now() + timedelta(days=2))
    work()
    assert "no longer there" in client_of(ann).get(looked).content.decode()


def test_no_file_is_said_at_the_field(ann, client_of):
    refused = client_of(ann).post("/data/imports/", {})
    assert refused.status_code == 422
    assert "Choose a file first." in refused.content.decode()


def test_a_file_that_is_too_large_is_said_at_the_field(ann, client_of, monkeypatch):
    monkeypatch.setattr("chat.views.data.LARGEST_FILE", 10)
    answered = sent(client_of(ann), b"x" * 11)
    assert answered.status_code == 413
    assert 'id="file-error">This file is larger than' in answered.content.decode()


@pytest.mark.parametrize("path", ["/data/", "/data/exports/", "/data/imports/"])
def test_a_stranger_is_led_to_the_sign_in(client, db, path):
    answer = client.get(path) if path == DATA else client.post(path)
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("form", ["md", "html", "json", "print"])
def test_an_image_that_is_lost_keeps_no_words_back(ann, client_of, talk, form):
    question = talk.leaf.parent
    lost = Attachment.objects.create(
        owner=ann,
        kind=Attachment.Kind.IMAGE,
        name="sky.png",
        media_type="image/png",
        file=uuid4(),
        size=1,
        tokens=1,
        width=1,
        height=1,
    )
    Attachment.objects.attach(question, [lost])
    question.attachment_count = 1
    question.save()
    whole = exported(client_of(ann), talk, form)
    assert whole.status_code == 200
    assert "Why is the sky blue?" in whole.content.decode()


def test_an_archive_holds_nothing_deleted_or_temporary(ann, ask, talk):
    ask(ann, "deleted").mark_deleted()
    Conversation.start(ann, "temporary", MODEL, uuid4(), is_temporary=True)
    assert archive.ids_of(ann.pk) == [talk.pk]
