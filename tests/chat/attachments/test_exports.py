"""Exports of conversations with images: whole, and never in memory as a whole."""

import base64
import json
import os
import re
import tracemalloc
import zipfile

import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse

from chat.attachments.taking import take
from chat.exporting import archive, reading, record
from chat.models import Attachment
from tests.chat.attachments.conftest import png, upload

IMAGES = 8
SIZE = 1_000_000  # bytes of each


def exported(client, conversation, form):
    answer = client.get(reverse("chat:export", args=[conversation.pk, form]))

    async def read():
        return b"".join([chunk async for chunk in answer.streaming_content])

    return async_to_sync(read)()


@pytest.fixture
def talk(ann, start):
    """One with images, of more bytes than they should have."""
    images = [take(ann, upload(png())) for _ in range(IMAGES)]
    for image in images:
        image.path.write_bytes(os.urandom(SIZE + 1))  # which base64 has to fill up
    conversation = start(ann, *images)
    conversation.refresh_from_db()
    return conversation


def contents(talk):
    return [
        each.path.read_bytes() for each in Attachment.objects.filter(message__conversation=talk)
    ]


def test_json_and_page_hold_the_images_whole(ann, client_of, talk):
    [whole] = json.loads(exported(client_of(ann), talk, "json"))["conversations"]
    files = [file for message in whole["messages"] for file in message["files"]]
    assert [base64.b64decode(file["data"]) for file in files] == contents(talk)

    page = exported(client_of(ann), talk, "html").decode()
    shown = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="pump.png">', page)
    assert [base64.b64decode(each) for each in shown] == contents(talk)


def test_what_looks_like_the_place_of_an_image_is_none(ann, start):
    talk = start(ann, text="0123456789abcdef0123456789abcdef-0- data:image/png;base64,")
    assert talk.leaf.parent.text in b"".join(reading.page(talk).chunks()).decode()


def test_an_image_that_is_erased_meanwhile_keeps_nothing_back(talk):
    text = record.alone(talk)
    for image in Attachment.objects.filter(message__conversation=talk):
        image.path.unlink()
    [whole] = json.loads(b"".join(text.chunks()))["conversations"]
    assert {file["data"] for message in whole["messages"] for file in message["files"]} == {""}


def cost(act):
    """The most memory that it took, in bytes."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def send_away(chunks):
    for _ in chunks:
        pass


def test_images_are_read_as_they_are_sent(talk):
    assert cost(lambda: send_away(record.alone(talk).chunks())) < 2 * SIZE
    assert cost(lambda: send_away(reading.page(talk).chunks())) < 2 * SIZE


def test_images_are_read_as_they_are_written_into_an_archive(talk, tmp_path):
    path = tmp_path / "all.zip"

    def write():
        with archive.writing(path) as whole:
            whole.add(archive.piece_of(talk.pk))

    assert cost(write) < 2 * SIZE
    with zipfile.ZipFile(path) as whole:
        assert whole.testzip() is None
        [page] = [name for name in whole.namelist() if name.endswith(".html")]
        assert whole.read(page) == b"".join(reading.page(talk).chunks())
        assert len([name for name in whole.namelist() if name.startswith(record.FILES)]) == IMAGES
