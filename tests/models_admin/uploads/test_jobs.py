"""From uploaded files to a model: what is sent to the server, and what is cleared away."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.database import in_database
from inference.models import Job
from models_admin.jobs.retrying import retry
from models_admin.models import CreateRequest, Upload
from models_admin.uploads import clearing, spool
from tests.factories import a_server
from tests.models_admin.jobs.conftest import working
from tests.models_admin.uploads.conftest import GGUF, Sender, sha256

__all__ = ["working"]
PATH = f"/api/blobs/sha256:{sha256(GGUF)}"
BLOBS = "/api/blobs"  # where a fault strikes
State = Job.State


@pytest.fixture
def server(transactional_db, practice):
    """The row of the practice server."""
    return a_server(url=practice.url, name="gpu-1")


def started(sender: Sender, **fields) -> Job:
    """The job for a file that is all here."""
    upload = sender.begin(**fields)
    sender.bring(upload)
    assert sender.create(upload).status_code == 302
    return Job.objects.get(kind="create")


def is_empty() -> bool:
    return not Upload.objects.exists() and not list(spool.folder().glob("*"))


async def test_a_model_is_made_of_a_file(working, sender, practice):
    job = await working.done(started, sender, system="You are Pip.", temperature="0.2")
    assert (job.state, job.error) == (State.DONE, "")
    assert "pip:latest" in practice.names()
    assert [each["method"] for each in practice.requests(PATH)] == ["HEAD", "POST"]
    (asked,) = practice.requests("/api/create")
    assert asked["body"]["files"] == {"pip.gguf": f"sha256:{sha256(GGUF)}"}
    assert asked["body"]["system"] == "You are Pip."
    assert asked["body"]["parameters"] == {"temperature": 0.2}
    assert job.progress["layers"][0] == [
        f"sha256:{sha256(GGUF)}",
        "sending files",
        len(GGUF),
        len(GGUF),
    ]
    assert await in_database(is_empty)
    assert await in_database(CreateRequest.objects.filter(job=job).exists)


async def test_what_the_server_has_is_not_sent_again(working, sender, practice):
    await working.done(started, sender)
    await in_database(Job.objects.all().delete)
    job = await working.done(started, sender, name="pip-2")
    assert job.state == State.DONE
    assert [each["method"] for each in practice.requests(PATH)] == ["HEAD", "POST", "HEAD"]


async def test_an_adapter_is_named_as_one(working, sender, practice):
    def begin() -> Job:
        upload = sender.begin()
        upload.files.create(role="adapters", name="a.gguf", size=len(GGUF), fingerprint="0")
        for file in upload.files.all():
            sender.piece(file, 0, GGUF)
        sender.create(upload)
        return Job.objects.get(kind="create")

    await working.done(begin)
    assert "a.gguf" in practice.requests("/api/create")[0]["body"]["adapters"]


async def test_a_file_goes_on_after_the_server_was_away(working, sender, practice):
    with practice.down():
        job = await working.done(started, sender)
        assert (job.state, job.error_kind) == (State.QUEUED, "unreachable")
    job = await working.again(job)
    assert job.state == State.DONE
    assert await in_database(is_empty)


async def test_a_full_disk_of_the_server_keeps_the_files_for_another_try(
    working, sender, practice, mod
):
    practice.script(faults={"kind": "no_space", "path": BLOBS, "after_bytes": 10})
    job = await working.done(started, sender)
    assert (job.state, job.error_kind) == (State.FAILED, "no_space")
    await in_database(clearing.clear, working.time)
    practice.script(faults=[])
    again = await working.done(retry, job, mod)
    assert again.state == State.DONE
    assert await in_database(is_empty)


async def test_files_that_are_gone_are_said_to_be(working, sender, practice, mod):
    practice.script(faults={"kind": "no_space", "path": BLOBS, "after_bytes": 10})
    job = await working.done(started, sender)
    await in_database(clearing.clear, timezone.now() + timedelta(days=4))
    assert await in_database(is_empty)
    again = await working.done(retry, job, mod)
    assert (again.state, again.error_kind) == (State.FAILED, "blob_missing")


async def test_bytes_that_changed_on_the_disk_make_no_model(working, sender, practice):
    def spoilt() -> Job:
        job = started(sender)
        file = Upload.objects.get().files.get()
        path = spool.path_of(file.upload_id, file.pk)
        path.write_bytes(GGUF[:-1] + b"!")
        return job

    job = await working.done(spoilt)
    assert (job.state, job.error_kind) == (State.FAILED, "bad_file")
    assert not practice.requests("/api/create")


async def test_a_job_that_is_cancelled_leaves_nothing(working, sender, practice):
    practice.script(faults={"kind": "stall", "path": BLOBS, "after_bytes": 10})
    job = await working.begin(started, sender)
    async with asyncio.timeout(10):
        await practice.asked(PATH, 2)
    await in_database(job.request_cancel)
    await working.runner.renew()
    assert (await working.idle(job)).state == State.CANCELLED
    await in_database(clearing.clear, working.time)
    assert await in_database(is_empty)
    practice.release()


def test_what_nobody_goes_on_with_is_removed_after_three_days(sender):
    upload = sender.begin()
    sender.piece(upload.files.get(), 0, GGUF[:5000])
    assert clearing.clear(timezone.now() + timedelta(days=2, hours=23))
    assert not clearing.clear(timezone.now() + timedelta(days=3, minutes=1))
    assert is_empty()


def test_folders_that_no_row_knows_are_removed(sender):
    upload = sender.begin()
    sender.piece(upload.files.get(), 0, GGUF[:5000])
    Upload.objects.all().delete()
    clearing.clear(timezone.now())
    assert list(spool.folder().glob("*"))
    clearing.clear(timezone.now() + timedelta(hours=2))
    assert is_empty()


def test_an_upload_makes_sure_that_it_is_cleared_away(sender):
    sender.begin()
    assert Job.objects.filter(kind=clearing.KIND, not_before__isnull=False).count() == 1
