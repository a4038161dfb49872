"""The board and the page of a model, as a real Ollama that has pip tells of it."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from accounts.database import in_database
from inference import catalogue
from inference.jobs import Work
from inference.models import Job
from inference.ollama import Client
from tests.factories import a_server
from tests.people import BACKEND

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


@pytest.fixture
async def known(transactional_db, ollama: str):
    """What the catalogue has learned of the server."""
    server = await in_database(lambda: a_server(url=ollama, name="real"))
    client = Client(ollama)
    job = Job(kind=catalogue.REFRESH, server=server)
    await catalogue.refresh(Work(job, client, timezone.now))
    await client.close()


def looked_at(person, path) -> str:
    browser = Browser()
    browser.force_login(person, BACKEND)
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


async def test_the_board_lists_pip(known, mod):
    page = await in_database(looked_at, mod, "/models/")
    assert "pip:latest" in page
    assert "2.36M llama" in page


async def test_all_that_ollama_says_of_pip_is_on_its_page(known, mod, eve):
    for person, has_paths in ((mod, True), (eve, False)):
        page = await in_database(looked_at, person, "/models/pip:latest/")
        assert "im_start" in page
        assert "llama.embedding_length" in page
        assert ("/blobs/sha256-" in page) is has_paths
