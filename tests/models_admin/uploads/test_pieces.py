"""Pieces of files: cut, doubled, out of order, from two tabs, and of files that are none."""

import stat
import struct
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.db import connections

from models_admin.models import UploadFile
from models_admin.uploads import spool
from models_admin.uploads.receiving import LARGEST_PIECE, CutOff, receive
from models_admin.uploads.spool import Hashes
from tests.models_admin.uploads.conftest import GGUF, listed, sha256


@pytest.fixture
def file(sender) -> UploadFile:
    return sender.begin().files.get()


def spooled(file: UploadFile) -> bytes:
    return spool.path_of(file.upload_id, file.pk).read_bytes()


def test_pieces_are_joined_and_hashed(sender, file):
    assert sender.piece(file, 0, GGUF[:4000]).json() == {"offset": 4000, "whole": False}
    assert sender.piece(file, 4000, GGUF[4000:]).json() == {"offset": len(GGUF), "whole": True}
    file.refresh_from_db()
    assert spooled(file) == GGUF
    assert file.sha256 == sha256(GGUF)


def test_what_is_spooled_is_read_by_nobody_else(sender, file):
    sender.piece(file, 0, GGUF)
    path = spool.path_of(file.upload_id, file.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("offset", [0, 999, 1001, 5000, len(GGUF), 10**14])
def test_a_piece_that_does_not_follow_is_told_where_to_go_on(sender, file, offset):
    sender.piece(file, 0, GGUF[:1000])
    answer = sender.piece(file, offset, GGUF[offset : offset + 100] or b"x")
    assert (answer.status_code, answer.json()) == (409, {"offset": 1000})
    assert spooled(file) == GGUF[:1000]


def test_a_piece_that_goes_beyond_the_end_is_refused(sender, file):
    answer = sender.piece(file, 0, GGUF + b"more")
    assert (answer.status_code, answer.json()) == (409, {"offset": 0})


def test_a_piece_that_broke_off_leaves_nothing(sender, file):
    sender.piece(file, 0, GGUF[:1000])
    with pytest.raises(CutOff):
        receive(file, 1000, 3000, BytesIO(GGUF[1000:2000]))
    assert spooled(file) == GGUF[:1000]
    assert sender.piece(file, 1000, GGUF[1000:]).json()["whole"]
    file.refresh_from_db()
    assert file.sha256 == sha256(GGUF)


def test_a_whole_file_takes_no_more(sender, file):
    sender.piece(file, 0, GGUF)
    assert sender.piece(file, 0, GGUF).status_code == 409


@pytest.mark.parametrize("headers", [{"Upload-Offset": "-1"}, {"Upload-Offset": "many"}])
def test_a_piece_without_an_offset_is_refused(sender, file, headers):
    answer = sender.piece(file, 0, GGUF, **headers)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_piece_that_is_too_large_is_refused(sender, file):
    assert sender.piece(file, 0, bytes(LARGEST_PIECE + 1)).status_code == 413


def test_another_process_goes_on_with_the_hash(sender, file, monkeypatch):
    sender.piece(file, 0, GGUF[:3000])
    monkeypatch.setattr(spool, "hashes", Hashes())
    sender.piece(file, 3000, GGUF[3000:6000])
    monkeypatch.setattr(spool, "hashes", Hashes())
    sender.piece(file, 6000, GGUF[6000:])
    file.refresh_from_db()
    assert file.sha256 == sha256(GGUF)


def test_what_was_lost_on_the_disk_is_asked_for_again(sender, file):
    sender.piece(file, 0, GGUF[:5000])
    with spool.path_of(file.upload_id, file.pk).open("r+b") as content:
        content.truncate(2000)
    assert sender.piece(file, 5000, GGUF[5000:]).json() == {"offset": 2000}
    assert sender.piece(file, 2000, GGUF[2000:]).json()["whole"]
    file.refresh_from_db()
    assert file.sha256 == sha256(GGUF)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_bring_one_file(sender, file, mod, client_of):
    tabs = [sender, type(sender)(client_of(mod))]

    def bring(tab) -> None:
        offset = 0
        try:
            while offset < len(GGUF):
                offset = tab.piece(file, offset, GGUF[offset : offset + 700]).json()["offset"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(bring, tabs))
    file.refresh_from_db()
    assert spooled(file) == GGUF
    assert file.sha256 == sha256(GGUF)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\3\4" + bytes(100), "is not a GGUF file"),
        (b"GGUF" + struct.pack("<I", 9) + bytes(100), "version 9"),
        (b"FUGG" + bytes(100), "is not a GGUF file"),
        (b"GGUF\3\0\0\0", "is not a GGUF file"),
    ],
)
def test_a_file_that_is_no_gguf_is_refused_with_its_first_piece(sender, content, says):
    file = sender.begin(("pip.gguf", content)).files.get()
    answer = sender.piece(file, 0, content)
    assert answer.status_code == 422
    assert says in answer.json()["error"]
    assert spooled(file) == b""


def test_too_little_to_see_what_it_is_is_refused(sender, file):
    assert sender.piece(file, 0, GGUF[:10]).status_code == 400


HEADER = b'{"__metadata__":{}}'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (struct.pack("<Q", len(HEADER)) + HEADER + bytes(50), None),
        (struct.pack("<Q", 5000) + HEADER + bytes(50), "is cut off"),
        (struct.pack("<Q", 1 << 60) + HEADER + bytes(50), "is not a safetensors file"),
        (b"PK\3\4" + bytes(50), "is not a safetensors file"),
    ],
)
def test_safetensors_are_looked_at(sender, content, says):
    upload = sender.begin(("model.safetensors", content), ("config.json", b"{}"))
    answer = sender.piece(upload.files.get(name="model.safetensors"), 0, content)
    assert answer.status_code == (422 if says else 200)
    assert (says or "") in answer.json().get("error", "")


def test_json_that_is_none_is_refused(sender):
    upload = sender.begin(("model.safetensors", GGUF), ("config.json", b"hello"))
    assert sender.piece(upload.files.get(name="config.json"), 0, b"hello").status_code == 422


def test_a_wrong_sum_is_told_and_the_file_begins_anew(sender):
    file = sender.begin(sums=f"{'0' * 64}  pip.gguf").files.get()
    answer = sender.piece(file, 0, GGUF)
    assert answer.status_code == 422
    assert "SHA-256" in answer.json()["error"]
    assert sender.piece(file, 5, b"x").json() == {"offset": 0}


def test_the_right_sum_is_right(sender):
    file = sender.begin(sums=sha256(GGUF).upper()).files.get()
    assert sender.piece(file, 0, GGUF).json()["whole"]


def test_a_full_disk_keeps_what_came(sender, file, monkeypatch):
    sender.piece(file, 0, GGUF[:1000])
    monkeypatch.setattr(spool, "MARGIN", 1 << 60)
    answer = sender.piece(file, 1000, GGUF[1000:])
    assert answer.status_code == 507
    assert "full" in answer.json()["error"]
    assert spooled(file) == GGUF[:1000]


def test_there_has_to_be_room_before_it_begins(sender, monkeypatch):
    monkeypatch.setattr(spool, "MARGIN", 1 << 60)
    response = sender.post(listed(("pip.gguf", GGUF)))
    assert response.status_code == 422
    assert b"no room" in response.content
