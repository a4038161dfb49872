"""A model of files that were uploaded once is made again without uploading them."""

import pytest

from accounts.database import in_database
from inference.models import Job, Run
from models_admin.models import CreateRequest
from tests.factories import a_model, a_server
from tests.models_admin.jobs.conftest import working
from tests.models_admin.uploads.conftest import GGUF, sha256

__all__ = ["working"]
CREATE = "/models/create/"
FILES = {"pip.gguf": f"sha256:{sha256(GGUF)}"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db, practice):
    return a_server("other:latest", url=practice.url, name="gpu-1")


@pytest.fixture
def earlier(server, mod) -> CreateRequest:
    """What was made of files that the server does not have any more."""
    body = {"files": FILES, "system": "Be Pip.", "template": "{{ .Prompt }}"}
    return CreateRequest.objects.create(author=mod, server=server, name="pip:latest", request=body)


def typed(earlier: CreateRequest, **fields) -> dict[str, str]:
    return {"name": "pip-2", "source": f"files://{earlier.pk}", "who": "everybody"} | fields


def test_what_was_made_of_files_can_be_used_again(earlier, mod, client_of):
    client = client_of(mod)
    page = client.get(CREATE).content.decode()
    assert f"?request={earlier.pk}" in page
    assert "<bdi>pip.gguf</bdi>" in page
    page = client.get(CREATE, {"request": str(earlier.pk)}).content.decode()
    assert "selected>pip.gguf, if gpu-1 still has it</option>" in page
    assert "Be Pip.</textarea>" in page


async def test_files_that_are_there_are_not_uploaded_again(
    working,
    sender,
    practice,
    mod,
    client_of,
):
    def upload() -> Job:
        begun = sender.begin()
        sender.bring(begun)
        sender.create(begun)
        return Job.objects.get(kind="create")

    def again() -> Job:
        Job.objects.all().delete()
        found = CreateRequest.objects.get()
        answer = client_of(mod).post(CREATE, typed(found, system="Be brief."))
        assert answer.status_code == 302
        return Job.objects.get(kind="create")

    await working.done(upload)
    job = await working.done(again)
    assert (job.state, job.error) == (Job.State.DONE, "")
    assert job.parameters["request"]["files"] == FILES
    assert job.parameters["request"]["system"] == "Be brief."
    assert "pip-2:latest" in practice.names()


async def test_files_that_are_gone_are_said_to_be(
    working,
    earlier,
    practice,
    mod,
    client_of,
):
    def again() -> Job:
        client_of(mod).post(CREATE, typed(earlier))
        return Job.objects.get(kind="create")

    job = await working.done(again)
    assert (job.state, job.error_kind) == (Job.State.FAILED, "blob_missing")
    assert "pip-2:latest" not in await in_database(practice.names)


def test_files_are_not_tried_before_a_model_is_made_of_them(earlier, mod, client_of):
    sent = typed(earlier, question="Hi!")
    page = client_of(mod).post(f"{CREATE}trials/", sent).content.decode()
    assert "Files can be asked only once a model is made of them." in page
    assert not Run.objects.exists()


def test_no_modelfile_holds_files(earlier, mod, client_of):
    answer = client_of(mod).post(f"{CREATE}modelfile/text/", typed(earlier))
    assert answer.status_code == 422
    assert "a file, which a Modelfile cannot bring along" in answer.content.decode()


@pytest.mark.parametrize("value", ["files://", "files://x", "files://" + "0" * 32])
def test_files_that_nobody_knows_are_no_source(value, earlier, mod, client_of):
    answer = client_of(mod).post(CREATE, typed(earlier, source=value))
    assert list(answer.context["form"].errors) == ["source"]


def test_the_server_is_the_one_that_had_them(earlier, mod, client_of):
    other = a_server(name="gpu-2")
    a_model(other, "third:latest")
    client_of(mod).post(CREATE, typed(earlier, server=str(other.pk)))
    assert Job.objects.get(kind="create").server == earlier.server
