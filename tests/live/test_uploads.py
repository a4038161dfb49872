"""A model is made of a GGUF file, which is uploaded, on a real Ollama."""

from pathlib import Path

import pytest

from accounts.database import in_database
from inference.models import Job
from inference.ollama import ChatRequest, Client
from models_admin.jobs.starting import start_delete
from models_admin.uploads import spool
from models_admin.uploads.receiving import LARGEST_PIECE
from tests.live.conftest import named
from tests.live.test_model_jobs import made, row, server, working
from tests.models_admin.uploads.conftest import PRINT, Sender

__all__ = ["made", "server", "working"]
pytestmark = pytest.mark.live


@pytest.fixture
def gguf() -> Path:
    return Path(named("WEBCHAT_LIVE_GGUF", "file"))


async def test_a_model_is_made_of_its_file(
    working, server, mod, client_of, made, gguf, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    name = made("uploaded")

    def upload() -> Job:
        sender = Sender(client_of(mod))
        size = gguf.stat().st_size
        listed = [{"role": "files", "name": gguf.name, "size": size, "fingerprint": PRINT}]
        response = sender.post(listed, name=name, system="You are Pip.", temperature="0")
        there = response.headers["Location"]
        file = mod.uploads.get().files.get()
        with gguf.open("rb") as content:
            while piece := content.read(LARGEST_PIECE):
                assert sender.piece(file, content.tell() - len(piece), piece).status_code == 200
        assert sender.client.post(f"{there}creation/").status_code == 302
        return Job.objects.get(kind="create")

    job = await working.done(upload)
    assert (job.state, job.error) == (Job.State.DONE, "")
    assert (await row(name)).system == "You are Pip."
    assert not list(spool.folder().glob("*"))
    client = Client(server.url)
    request = ChatRequest(name, [{"role": "user", "content": "Who are you?"}])
    async with client.chat(request) as batches:
        pieces = [piece async for batch in batches for piece in batch]
    await client.close()
    assert "".join(piece.content for piece in pieces)
    assert (await working.done(start_delete, mod, server, name)).state == Job.State.DONE
    assert not await in_database(mod.uploads.exists)
