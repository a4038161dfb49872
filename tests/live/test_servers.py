"""A real Ollama is added by its address, and pip on it measured."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from accounts.database import in_database
from inference import prompts
from inference.models import Run, Server
from inference.worker import Worker
from models_admin.activity import measuring
from models_admin.models import Measurement
from tests.inference.conftest import until
from tests.people import BACKEND

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]
PIP = "pip:latest"


@pytest.fixture
async def working(transactional_db):
    prompts.register(Run.Purpose.MEASURE, measuring.prompt)  # tests of runs send their own
    worker = Worker()
    await worker.start()
    yield
    await worker.stop()


def post(person, path, **fields):
    browser = Browser()
    browser.force_login(person, BACKEND)
    answer = browser.post(path, fields)
    assert answer.status_code == 302, answer.content.decode()


@pytest.mark.timeout(400)  # 500 tokens, on a machine that may have other work too
async def test_it_is_added_and_pip_measured(ollama, working, admin):
    fields = {"url": ollama, "name": "real", "slots": "1", "enabled": "on"}
    await in_database(lambda: post(admin, "/models/servers/addition/", **fields))
    server = await in_database(Server.objects.get)
    await until(lambda: in_database(server.models.filter(name=PIP).exists))
    await in_database(lambda: post(admin, "/models/activity/measurements/", model=PIP))
    await until(lambda: in_database(Measurement.objects.filter(runs=5).exists), 300)
    measured = await in_database(Measurement.objects.get)
    assert measured.day == timezone.now().date()
    assert measured.tokens_per_second > 1
    assert 0 < measured.first_token_seconds < 30
