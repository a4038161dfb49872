"""What may be uploaded, and how an upload is gone on with, given up, or made into a model."""

import pytest

from inference.models import Job
from models_admin.models import Upload
from models_admin.uploads import manifest, spool
from tests.factories import a_model
from tests.models_admin.uploads.conftest import GGUF, UPLOADS, listed


def test_the_page_leads_there(sender):
    assert b'href="/models/uploads/"' in sender.client.get("/models/create/").content
    assert sender.client.get(UPLOADS).status_code == 200


def test_what_was_begun_is_shown_with_how_far_it_is(sender):
    upload = sender.begin()
    sender.piece(upload.files.get(), 0, GGUF[:5000])
    assert f"{UPLOADS}{upload.pk}/" in sender.client.get(UPLOADS).content.decode()
    page = sender.client.get(f"{UPLOADS}{upload.pk}/").content.decode()
    assert 'data-offset="5000"' in page
    assert "Create</button>" in page


def test_the_same_files_go_on_where_they_were(sender):
    upload = sender.begin(system="Old")
    sender.piece(upload.files.get(), 0, GGUF[:5000])
    again = sender.begin(system="New")
    assert again == upload
    assert again.typed["system"] == ["New"]
    assert again.files.get().received == 5000


@pytest.mark.parametrize(
    "files",
    [[("pip.gguf", GGUF + b"!")], [("pop.gguf", GGUF)], [("pip.gguf", GGUF), ("b.gguf", GGUF)]],
)
def test_other_files_are_another_upload(sender, files):
    assert sender.begin() != sender.begin(*files)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([], "Choose a GGUF file"),
        ([("README.md", b"hello")], "Choose a GGUF file"),
        ([("a.gguf", GGUF), ("model.safetensors", GGUF), ("config.json", b"{}")], "not both"),
        ([("model.safetensors", GGUF)], "config.json too"),
        ([("a.gguf", b"")], "is empty"),
        ([("../a.gguf", GGUF)], "Rename"),
        ([("/etc/a.gguf", GGUF)], "Rename"),
        ([("ä.gguf", GGUF)], "Rename"),
        ([("a" * 300 + ".gguf", GGUF)], "Rename"),
        ([("a.gguf", GGUF), ("A.gguf", GGUF)], "the same name"),
        ([(f"{n}.gguf", GGUF) for n in range(manifest.MOST_FILES + 1)], "more than"),
    ],
)
def test_lists_that_cannot_be_are_refused_in_words(sender, files, says):
    response = sender.post(listed(*files), system="Kept as it was.")
    assert response.status_code == 422
    assert says in response.content.decode()
    assert "Kept as it was." in response.content.decode()
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        "{",
        '{"a": 1}',
        "[1]",
        "[" * 5000,
        '[{"role": "files", "name": "a.gguf", "size": "9", "fingerprint": "0"}]',
        '[{"role": "files", "name": "a.gguf", "size": true, "fingerprint": "0"}]',
        '[{"role": "files", "name": "a.gguf", "size": 9, "fingerprint": "<b>"}]',
        '[{"role": "other", "name": "a.gguf", "size": 9, "fingerprint": "0"}]',
        '[{"role": "files", "name": {}, "size": 9, "fingerprint": "0"}]',
    ],
)
def test_lists_that_no_page_makes_are_refused(sender, sent):
    response = sender.post([], listed=sent)
    assert response.status_code == 422
    assert "cannot be read" in response.content.decode()


def test_more_than_is_allowed_is_refused(sender, settings):
    settings.LARGEST_UPLOAD = 5000
    response = sender.post(listed(("a.gguf", GGUF)))
    assert response.status_code == 422
    assert "5 kB" in response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_what_a_folder_holds_besides_is_left_out(sender):
    names = ("model.safetensors", "config.json", "tokenizer.model", "README.md", "x.bin")
    upload = sender.begin(*((name, GGUF) for name in names))
    assert {file.name for file in upload.files.all()} == {*names[:3]}


@pytest.mark.parametrize("sums", ["12ab", "0" * 64 + "  other.gguf", "z" * 64])
def test_sums_that_are_none_or_of_no_file_are_refused(sender, sums):
    response = sender.post(listed(("pip.gguf", GGUF)), sums=sums)
    assert response.status_code == 422
    assert 'id="id_sums_error"' in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "two words"}, "id_name_error"),
        ({"name": ""}, "id_name_error"),
        ({"temperature": "hot"}, "id_temperature_error"),
        ({"template": "{{ .Prompt"}, "id_template_error"),
        ({"server": "00000000-0000-0000-0000-000000000000"}, "id_server_error"),
    ],
)
def test_the_form_is_checked_before_anything_is_sent(sender, fields, says):
    response = sender.post(listed(("pip.gguf", GGUF)), **fields)
    assert response.status_code == 422
    assert not Upload.objects.exists()
    assert says in response.content.decode()


def test_a_name_that_is_there_has_to_be_replaced_knowingly(sender, server):
    a_model(server, "pip:latest")
    files = listed(("pip.gguf", GGUF))
    response = sender.post(files)
    assert response.status_code == 422
    assert 'name="replace"' in response.content.decode()
    assert sender.post(files, replace="on").status_code == 302


def test_a_name_that_was_taken_meanwhile_can_be_changed(sender, server):
    upload = sender.begin()
    sender.bring(upload)
    a_model(server, "pip:latest")
    response = sender.create(upload)
    assert response.status_code == 422
    assert 'name="replace"' in response.content.decode()
    assert sender.create(upload, name="pip-2").status_code == 302
    assert Job.objects.get(kind="create").parameters["names"] == ["pip-2:latest"]


def test_a_model_is_not_made_before_all_is_here(sender):
    upload = sender.begin()
    sender.piece(upload.files.get(), 0, GGUF[:5000])
    assert sender.create(upload).status_code == 422
    assert not Job.objects.filter(kind="create").exists()


def test_to_create_twice_is_one_job(sender):
    upload = sender.begin()
    sender.bring(upload)
    first, second = sender.create(upload), sender.create(upload)
    assert first.headers["Location"] == second.headers["Location"]
    there = sender.client.get(f"{UPLOADS}{upload.pk}/")
    assert there.headers["Location"] == first.headers["Location"]
    assert sender.piece(upload.files.get(), 0, GGUF).status_code == 409


def test_an_upload_can_be_given_up(sender):
    upload = sender.begin()
    sender.piece(upload.files.get(), 0, GGUF[:5000])
    assert sender.client.post(f"{UPLOADS}{upload.pk}/removal/").status_code == 302
    assert not Upload.objects.exists()
    assert not list(spool.folder().glob("*"))


def test_what_a_job_needs_is_not_given_up(sender):
    upload = sender.begin()
    sender.bring(upload)
    sender.create(upload)
    sender.client.post(f"{UPLOADS}{upload.pk}/removal/")
    assert list(spool.folder().glob("*"))
