"""What is never sent goes after a day, and so does what no row knows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.attachments import clearing, files
from chat.models import Attachment
from inference import jobs
from inference.jobs import NotYet, Work
from inference.models import Job

DAY = timedelta(days=1)


@pytest.fixture
def in_a_day():
    return timezone.now() + DAY + timedelta(minutes=1)


def test_what_was_not_sent_goes_after_a_day(
    image, table, in_a_day, on_disk, django_capture_on_commit_callbacks
):
    assert clearing.clear(timezone.now())
    assert Attachment.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert not clearing.clear(in_a_day)
    assert not Attachment.objects.exists()
    assert on_disk() == []


def test_what_was_sent_stays(ann, image, start, in_a_day, on_disk):
    start(ann, image)
    clearing.clear(in_a_day)
    assert Attachment.objects.count() == 1
    assert len(on_disk()) == 2


def test_files_that_no_row_knows_go(image, data, in_a_day, on_disk):
    left = data / "attachments" / "ab" / f"{'ab' * 16}.png"
    half = left.with_name(left.name + ".part")
    other = left.with_name("README")
    left.parent.mkdir(parents=True)
    for path in (left, half, other):
        path.write_bytes(b"x")
    Attachment.objects.update(created_at=in_a_day)
    clearing.clear(in_a_day)
    assert not left.exists()
    assert not half.exists()
    assert other.exists()
    assert image.path.exists()


def test_a_file_that_was_just_written_is_left_to_its_row(db, on_disk):
    files.store("cd" * 16 + ".png", b"x", b"x")
    clearing.clear(timezone.now())
    assert len(on_disk()) == 2


def test_a_file_that_cannot_be_removed_is_logged(image, monkeypatch, caplog):
    def unlink(self, **kwargs):
        raise PermissionError("not yours")

    monkeypatch.setattr("pathlib.Path.unlink", unlink)
    files.remove(image.file_name)
    assert "not yours" in caplog.text


@pytest.mark.django_db(transaction=True)
async def test_the_job_goes_on_while_something_waits(ann, image):
    work = Work(Job(kind=clearing.KIND), None, timezone.now)
    with pytest.raises(NotYet):
        await clearing.work(work)
    later = Work(Job(kind=clearing.KIND), None, lambda: timezone.now() + 2 * DAY)
    await clearing.work(later)


def test_a_worker_knows_the_job():
    assert clearing.KIND in jobs.kinds
