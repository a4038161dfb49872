"""The pages and bytes of attachments, and what they give to whom."""

import uuid

import pytest
from django.urls import reverse

from chat.models import Attachment
from tests.chat.attachments.conftest import png, upload
from tests.chat.conftest import HTMX

UPLOADS = "/attachments/"


def url(name, attachment):
    return reverse(f"chat:{name}", args=[attachment.pk])


@pytest.fixture
def sent(ann, image, table, start):
    """A conversation of Ann's that begins with an image and a text."""
    return start(ann, image, table)


IMAGES = ["attachment", "image", "small"]
TEXTS = ["attachment", "attached_text"]


@pytest.mark.parametrize("is_sent", [False, True])
def test_only_the_owner_gets_a_file(ann, bob, eve, image, table, start, client_of, is_sent):
    if is_sent:
        start(ann, image, table)
    for attachment, routes in ((image, IMAGES), (table, TEXTS)):
        for route in routes:
            there = url(route, attachment)
            assert client_of(ann).get(there).status_code == 200
            assert client_of(bob).get(there).status_code == 404
            assert client_of(eve).get(there, headers=HTMX).status_code == 404


def test_a_stranger_is_sent_to_the_sign_in(client, image):
    for route in [*IMAGES, "attached_text"]:
        assert client.get(url(route, image)).status_code == 302
    assert client.post(UPLOADS, {"file": upload(b"x")}).status_code == 302
    assert client.post(url("removal", image)).status_code == 302
    assert Attachment.objects.count() == 1


def test_the_files_of_a_deleted_conversation_are_gone_until_it_is_restored(
    ann, image, sent, client_of
):
    there, ann_client = url("image", image), client_of(ann)
    sent.mark_deleted()
    assert ann_client.get(there).status_code == 404
    sent.restore()
    assert ann_client.get(there).status_code == 200


def test_whatever_is_served_runs_nothing(ann, image, table, client_of):
    for there in (url("image", image), url("small", image), url("attached_text", table)):
        headers = client_of(ann).get(there).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"].startswith("private")
    assert client_of(ann).get(url("image", image)).headers["Content-Type"] == "image/png"


def test_a_name_does_not_break_out_of_its_header(ann, client_of):
    client = client_of(ann)
    client.post(UPLOADS, {"file": upload(b"x", 'a"; filename=evil.html\r\nX: y')}, headers=HTMX)
    headers = client.get(url("attached_text", Attachment.objects.get())).headers
    assert "X" not in headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


def test_text_is_shown_as_text(ann, client_of):
    client = client_of(ann)
    client.post(UPLOADS, {"file": upload(b"<script>alert(1)</script>", "<i>.html")}, headers=HTMX)
    found = Attachment.objects.get()
    for headers in ({}, HTMX):
        html = client.get(url("attachment", found), headers=headers).content.decode()
        assert "&lt;script&gt;alert(1)" in html
        assert "&lt;i&gt;.html" in html
        assert "<i>" not in html


def test_an_image_has_no_text_and_a_text_no_image(ann, image, table, client_of):
    client = client_of(ann)
    assert client.get(url("attached_text", image)).status_code == 404
    assert client.get(url("image", table)).status_code == 404
    assert client.get(url("small", table)).status_code == 404


def test_an_image_whose_file_is_lost_is_not_found(ann, image, client_of):
    image.path.unlink()
    assert client_of(ann).get(url("image", image)).status_code == 404


# Uploads


def test_an_upload_is_answered_with_its_row(ann, client_of):
    answer = client_of(ann).post(UPLOADS, {"file": upload(png(), "a/b/pump.png")}, headers=HTMX)
    html = answer.content.decode()
    taken = Attachment.objects.get()
    assert answer.status_code == 200
    assert f'value="{taken.pk}"' in html
    assert 'data-tokens="image"' in html  # how many these are depends on the model
    assert "40 × 30 px" in html
    assert "a/b" not in html


def test_what_is_refused_says_why_in_its_row(ann, client_of):
    answer = client_of(ann).post(UPLOADS, {"file": upload(b"\0\1", "x\u202e.bin")}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "neither an image nor text" in html
    assert "\u202e" not in html


def test_an_upload_without_a_file_is_nothing(ann, client_of):
    assert client_of(ann).post(UPLOADS, {}, headers=HTMX).status_code == 404


def test_a_page_that_was_loaded_anew_gets_its_own_rows(ann, eve, image, table, client_of):
    there = f"{UPLOADS}?id={table.pk}&id={image.pk}&id={uuid.uuid4()}"
    html = client_of(ann).get(there, headers=HTMX).content.decode()
    assert html.index(str(table.pk)) < html.index(str(image.pk))
    assert "<li" not in client_of(eve).get(there, headers=HTMX).content.decode()
    assert client_of(ann).get(f"{UPLOADS}?id=x", headers=HTMX).status_code == 404


def test_a_file_is_removed_by_its_owner_before_it_is_sent(
    ann, eve, image, client_of, on_disk, django_capture_on_commit_callbacks
):
    assert client_of(eve).post(url("removal", image), headers=HTMX).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert client_of(ann).post(url("removal", image), headers=HTMX).status_code == 204
    assert not Attachment.objects.exists()
    assert on_disk() == []


def test_a_file_that_was_sent_stays(ann, image, sent, client_of, on_disk):
    client_of(ann).post(url("removal", image), headers=HTMX)
    assert Attachment.objects.count() == 2
    assert len(on_disk()) == 2
