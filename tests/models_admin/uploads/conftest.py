import hashlib
import json
import struct

import pytest

from inference.models import Server
from models_admin.models import Upload, UploadFile
from tests.factories import a_server

UPLOADS = "/models/uploads/"
PRINT = "00c0ffee"
GGUF = b"GGUF" + struct.pack("<IQQ", 3, 0, 0) + bytes(range(256)) * 40


def listed(*files, role: str = "files") -> list[dict]:
    """A list as the page makes it, of names with their contents."""
    return [
        {"role": role, "name": name, "size": len(content), "fingerprint": PRINT}
        for name, content in files
    ]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Sender:
    """Somebody's browser."""

    def __init__(self, client) -> None:
        self.client = client

    def post(self, files: list[dict], **fields):
        form = {"name": "pip", "who": "everybody", "listed": json.dumps(files)} | fields
        return self.client.post(UPLOADS, form)

    def begin(self, *files, **fields) -> Upload:
        response = self.post(listed(*(files or [("pip.gguf", GGUF)])), **fields)
        assert response.status_code == 302, response.content.decode()
        return Upload.objects.get(pk=response.headers["Location"].rstrip("/").rpartition("/")[2])

    def piece(self, file: UploadFile, offset: int, content: bytes, **headers):
        return self.client.patch(
            f"{UPLOADS}{file.upload_id}/files/{file.pk}/",
            content,
            content_type="application/octet-stream",
            headers={"Upload-Offset": str(offset)} | headers,
        )

    def bring(self, upload: Upload, *contents: bytes) -> None:
        """All files, each as one piece."""
        for file, content in zip(upload.files.all(), contents or [GGUF], strict=True):
            answer = self.piece(file, 0, content)
            assert answer.json() == {"offset": len(content), "whole": True}

    def create(self, upload: Upload, **fields):
        return self.client.post(f"{UPLOADS}{upload.pk}/creation/", fields)


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    """A data folder for each test, on a disk with room."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def server(db) -> Server:
    return a_server(name="gpu-1")


@pytest.fixture
def sender(mod, client_of, server) -> Sender:
    return Sender(client_of(mod))
