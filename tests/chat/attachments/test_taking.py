"""Taking files in: by what they are, not by what they say they are."""

import errno

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from chat.attachments import taking
from chat.attachments.taking import LARGEST_IMAGE, LARGEST_TEXT, take, tokens_of
from chat.models import Attachment
from inference.models import Job
from tests.chat.attachments.conftest import png, upload


def test_an_image_is_stored_beside_a_small_one(ann, on_disk):
    taken = take(ann, upload(png(40, 30), "pump.png"))
    assert (taken.kind, taken.name, taken.width, taken.height) == ("image", "pump.png", 40, 30)
    assert taken.tokens > 0
    assert on_disk() == [taken.file_name, f"{taken.file.hex}.small.webp"]
    assert taken.path.read_bytes()[:4] == b"\x89PNG"
    assert taken.path.stat().st_size == taken.size
    assert taken.path.stat().st_mode & 0o777 == 0o600


def test_a_text_is_kept_in_the_row(ann, on_disk):
    taken = take(ann, upload("Größe\r\n12\0".replace("\0", "").encode("cp1252"), "gaps.csv"))
    assert (taken.kind, taken.text, taken.encoding) == ("text", "Größe\n12", "Windows-1252")
    assert taken.media_type == "text/plain"
    assert on_disk() == []


def test_what_it_is_decides_not_its_name(ann):
    assert take(ann, upload(png(), "notes.txt")).is_image
    assert not take(ann, upload(b"hello", "photo.png")).is_image


def test_an_svg_is_text(ann):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    taken = take(ann, upload(svg, "a.svg"))
    assert (taken.kind, taken.media_type) == ("text", "text/plain")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\0\1\2\3" * 99, "neither an image nor text"),
        (png()[:60], "damaged"),
        (b"%PDF-1.7\n\xe2\xe3", "PDF"),
        (b"PK\x03\x04\x14\0", "ZIP, Office"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(ann, content, words, on_disk):
    with pytest.raises(ValidationError) as refused:
        take(ann, upload(content, "thing"))
    assert words in refused.value.messages[0]
    assert not Attachment.objects.exists()
    assert on_disk() == []


def test_a_text_has_at_most_a_megabyte(ann):
    assert take(ann, upload(b"x" * LARGEST_TEXT, "log"))
    with pytest.raises(ValidationError) as refused:
        take(ann, upload(b"x" * (LARGEST_TEXT + 1), "log"))
    assert refused.value.messages == ["This file has 1.1 MB; at most 1 MB can be attached."]


def test_an_image_has_at_most_25_megabytes(ann):
    large = upload(png())
    large.size = LARGEST_IMAGE + 1
    with pytest.raises(ValidationError, match="at most 25 MB"):
        take(ann, large)


@pytest.mark.parametrize("full", [OSError(errno.ENOSPC, "No space left"), PermissionError()])
def test_a_full_disk_leaves_nothing_behind(ann, monkeypatch, on_disk, full):
    def write(path, content):
        raise full

    monkeypatch.setattr("chat.attachments.files._write", write)
    with pytest.raises(ValidationError, match="could not be stored"):
        take(ann, upload(png()))
    assert on_disk() == []
    assert not Attachment.objects.exists()


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_behind(ann, monkeypatch, on_disk):
    def replace(part, path):
        if not str(path).endswith(".webp"):
            raise OSError(errno.ENOSPC, "No space left")
        part.rename(path)

    monkeypatch.setattr("chat.attachments.files.os.replace", replace)
    with pytest.raises(ValidationError, match="could not be stored"):
        take(ann, upload(png()))
    assert on_disk() == []


def test_a_database_that_refuses_leaves_no_file_behind(ann, monkeypatch, on_disk):
    def save(self, **kwargs):
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(Attachment, "save", save)
    with pytest.raises(ValidationError, match="could not be stored"):
        take(ann, upload(png()))
    assert on_disk() == []


def test_nobody_fills_the_disk_with_files_that_are_never_sent(ann, bob, monkeypatch):
    monkeypatch.setattr(taking, "MOST_UNSENT", 2)
    for _ in range(2):
        take(ann, upload(b"x", "a"))
    with pytest.raises(ValidationError, match="wait to be sent"):
        take(ann, upload(b"x", "a"))
    assert take(bob, upload(b"x", "a"))


def test_a_look_after_what_is_not_sent_is_planned_once(ann):
    for _ in range(2):
        take(ann, upload(b"x", "a"))
    assert Job.objects.get().kind == "clear attachments"


def test_tokens_are_estimated_for_other_scripts_too():
    assert tokens_of("x" * 350) == 100
    assert tokens_of("漢" * 100) == 75
