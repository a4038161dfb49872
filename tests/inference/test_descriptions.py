import json

import pytest
from django.utils import timezone

from accounts.database import in_database
from inference import catalogue, descriptions, jobs
from inference.jobs import JobFailed, Work
from inference.models import Description, Job, Model
from inference.ollama import Client
from inference.practice import PracticeServer, Script
from tests.factories import a_model, a_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def ollama():
    server = PracticeServer(script=Script(speed=0, load_seconds=0))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(ollama):
    client = Client(ollama.url)
    yield client
    await client.close()


async def do(kind, server, client, subject=""):
    job = Job(kind=kind, server=server, subject=subject)
    await jobs.kinds[kind].handler(Work(job, client, timezone.now))


def described(name="practice:latest"):
    return Description.objects.filter(digest=Model.objects.get(name=name).digest).first()


async def test_the_catalogue_keeps_what_a_model_says_of_itself(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await do(catalogue.REFRESH, server, client)
    kept = await in_database(described)
    assert "<|im_start|>" in kept.shown["template"]
    assert kept.shown["model_info"]["general.architecture"] == "practice"


async def test_descriptions_of_models_that_are_gone_go_too(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await in_database(Description.objects.keep, "gone", {"system": "x"})
    await do(catalogue.REFRESH, server, client)
    assert not await in_database(Description.objects.filter(digest="gone").exists)


async def test_a_page_can_have_one_model_asked_for(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await in_database(lambda: a_model(server, "practice:latest", digest="abc"))
    await do(descriptions.DESCRIBE, server, client, "practice:latest")
    assert (await in_database(described)).digest == "abc"


async def test_a_model_that_is_gone_says_so(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    with pytest.raises(JobFailed, match="not found"):
        await do(descriptions.DESCRIBE, server, client, "gone:latest")


def test_two_pages_ask_once(db):
    model = a_model(a_server(), "pip:latest")
    assert descriptions.ask(model) == descriptions.ask(model)


def test_the_last_failure_is_told(db):
    model = a_model(a_server(), "pip:latest")
    job = descriptions.ask(model)
    assert descriptions.failure(model) == ""
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, error="no answer")
    assert descriptions.failure(model) == "no answer"


def test_what_is_too_much_is_not_kept(db):
    assert not Description.objects.keep("a", {"license": "x" * Description.LONGEST})
    assert not Description.objects.keep("", {"license": "x"})
    assert not Description.objects.exists()


def test_endless_tensors_are_left_out(db):
    many = [{"name": f"{n}"} for n in range(Description.MOST_TENSORS + 1)]
    assert Description.objects.keep("a", {"tensors": many, "system": "s", "unknown": 1})
    assert Description.objects.get().shown == {"system": "s"}


def test_numbers_without_end_are_kept(db):
    Description.objects.keep("a", {"model_info": json.loads('{"b": 1e999, "a": 1}')})
    assert list(Description.objects.get().shown["model_info"]) == ["b", "a"]
