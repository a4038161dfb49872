"""Who may upload: managers and administrators, each their own."""

import uuid

import pytest
from django.urls import reverse

from models_admin.models import Upload
from tests.models_admin.uploads.conftest import GGUF, UPLOADS, Sender

ID = uuid.UUID(int=7)
PLACES = [
    ("get", UPLOADS),
    ("post", UPLOADS),
    ("get", f"{UPLOADS}{ID}/"),
    ("patch", f"{UPLOADS}{ID}/files/{ID}/"),
    ("post", f"{UPLOADS}{ID}/creation/"),
    ("post", f"{UPLOADS}{ID}/removal/"),
]


@pytest.mark.parametrize(("method", "place"), PLACES)
def test_a_member_may_not(eve, client_of, server, method, place):
    assert getattr(client_of(eve), method)(place).status_code == 403


@pytest.mark.parametrize(("method", "place"), PLACES)
def test_a_stranger_is_sent_to_sign_in(client, server, method, place):
    response = getattr(client, method)(place)
    assert response.headers["Location"].startswith(reverse("accounts:sign_in"))


def test_others_uploads_are_not_found(sender, admin, client_of):
    upload = sender.begin()
    file = upload.files.get()
    other = Sender(client_of(admin))
    assert other.piece(file, 0, GGUF).status_code == 404
    assert other.create(upload).status_code == 404
    assert other.client.get(f"{UPLOADS}{upload.pk}/").status_code == 404
    assert other.client.post(f"{UPLOADS}{upload.pk}/removal/").status_code == 404
    assert (
        "pip" not in other.client.get(UPLOADS).content.decode().split("<main")[1].split("form")[0]
    )
    assert Upload.objects.exists()


def test_a_file_of_another_upload_is_not_found(sender):
    one = sender.begin()
    other = sender.begin(("other.gguf", GGUF))
    file = other.files.get()
    file.upload_id = one.pk
    assert sender.piece(file, 0, GGUF).status_code == 404


def test_a_piece_without_the_token_is_refused(sender, mod, client_of):
    file = sender.begin().files.get()
    assert Sender(client_of(mod, enforce_csrf_checks=True)).piece(file, 0, GGUF).status_code == 403
