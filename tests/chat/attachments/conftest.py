import uuid
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from chat.attachments.taking import take
from chat.models import Conversation
from tests.chat.conftest import MODEL
from tests.factories import a_server

SEES = "owl:latest"


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(width: int = 40, height: int = 30, color: str = "teal") -> bytes:
    return encoded(Image.new("RGB", (width, height), color), "PNG")


def upload(content: bytes, name: str = "pump.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    """The data folder of this test alone."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def on_disk(data):
    """A function: the names of the files that are stored."""

    def names() -> list[str]:
        return sorted(each.name for each in data.glob("attachments/*/*"))

    return names


@pytest.fixture
def server(db):
    """A server with a model that sees and one that does not."""
    server = a_server(MODEL, "pip-think:latest")
    server.models.create(name=SEES, capabilities=["completion", "vision"], digest="owl")
    return server


@pytest.fixture
def image(ann):
    """An image of Ann's that waits to be sent."""
    return take(ann, upload(png()))


@pytest.fixture
def table(ann):
    """A text of Ann's that waits to be sent."""
    return take(ann, upload("Tag,Länge\n1,12\n".encode(), "gaps.csv"))


@pytest.fixture
def start(server):
    """A function: begins a conversation with these files."""

    def begin(person, *attachments, text="What is this?", model=SEES) -> Conversation:
        return Conversation.start(person, text, model, uuid.uuid4(), attachments=attachments)

    return begin
