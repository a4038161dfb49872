"""What is deleted for long, or temporary and closed, is erased with everything that hangs on it."""

import io
import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import sessions
from accounts.database import in_database
from chat import erasing
from chat.models import Attachment, Conversation, Message, SearchEntry, Summary, Tag
from chat.search import catch_up
from inference import jobs, queue
from inference.jobs import NotYet, Work
from inference.models import Job, Run, RunPiece
from tests.chat.conftest import HTMX, MODEL


def erase(now=None):
    """What the job does, once."""
    now = now or timezone.now()
    erasing.stop_runs(now)
    steps = 0
    while erasing.erase_some(now):
        steps += 1
    return steps


def later(**span):
    return timezone.now() + timedelta(**span)


@pytest.fixture
def deleted(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    conversation.mark_deleted()
    return conversation


def test_nothing_goes_before_its_time(deleted):
    erase(later(days=29))
    assert deleted.messages.count() == 2
    assert deleted.restore()
    erase(later(days=31))
    assert deleted.messages.count() == 2


def test_everything_goes_after_thirty_days(deleted, ann):
    Tag.objects.with_name(ann, "work").conversations.add(deleted)
    catch_up()
    assert SearchEntry.objects.count() == 3
    Run.objects.update(parameters={"system": "Be kind."}, error="No room for “sky”.")
    erase(later(days=31))
    assert not Conversation.objects.exists()
    assert not Message.objects.exists()
    assert not SearchEntry.objects.exists()
    assert not RunPiece.objects.exists()
    [run] = Run.objects.all()
    assert (run.parameters, run.sent, run.tool_calls, run.error) == ({}, {}, [], "")
    assert run.audience is None
    assert run.person == ann  # what was used stays on record


def test_the_words_of_its_title_and_its_summary_go_too(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    Run.objects.submit(
        person=ann,
        model_name=MODEL,
        purpose=Run.Purpose.TITLE,
        subject=conversation.pk,
    )
    Summary.ask(conversation.leaf, ann, {})
    now = timezone.now()
    both = [Run.Purpose.TITLE, Run.Purpose.SUMMARY]
    for _ in both:  # the title waits until nobody waits
        [run] = queue.claim("worker", now, purposes=both)
        queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, "", "Why is the sky?")], now)
        queue.finish(run.pk, run.epoch, Run.Status.DONE, now=now)
    assert RunPiece.objects.count() == 3
    conversation.mark_deleted()
    erase(later(days=31))
    assert not Summary.objects.exists()
    assert not RunPiece.objects.exists()


def test_images_go_with_their_files(
    ann, ask, answer, client_of, django_capture_on_commit_callbacks
):
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    file = SimpleUploadedFile("a.png", picture.getvalue(), "image/png")
    url = reverse("chat:attachments")
    client_of(ann).post(url, {"file": file}, headers=HTMX)
    [attachment] = Attachment.objects.all()
    conversation = ask(ann)
    question = conversation.leaf.parent
    Attachment.objects.filter(pk=attachment.pk).update(message=question)
    assert attachment.path.exists()
    answer(conversation)
    conversation.mark_deleted()
    with django_capture_on_commit_callbacks(execute=True):
        erase(later(days=31))
    assert not Attachment.objects.exists()
    assert not attachment.path.exists()


def test_long_conversations_go_in_small_steps(deleted, monkeypatch):
    monkeypatch.setattr(erasing, "BATCH", 10)
    parent = deleted.leaf
    for number in range(45):
        parent = Message.objects.create(
            conversation=deleted, parent=parent, role="user", text=f"{number}"
        )
    assert erase(later(days=31)) == 6  # five times messages, then the rest
    assert not Conversation.objects.exists()


def test_the_cost_of_a_step_does_not_grow(deleted, django_assert_max_num_queries, monkeypatch):
    parent = deleted.leaf
    for number in range(60):
        parent = Message.objects.create(
            conversation=deleted, parent=parent, role="user", text=f"{number}"
        )
    with django_assert_max_num_queries(20):
        erasing.erase_some(later(days=31))
    assert not deleted.messages.exists()


def test_what_is_still_written_is_stopped_first(ann, ask):
    conversation = ask(ann)
    Run.objects.update(status="running", owner="worker", lease_until=later(minutes=1))
    conversation.mark_deleted()
    Conversation.objects.update(erase_at=timezone.now())
    erase()
    assert Run.objects.get().stop_requested
    assert Conversation.objects.count() == 1
    Run.objects.running().end(Run.objects.get().pk, Run.Status.STOPPED, now=timezone.now())
    erase()
    assert not Conversation.objects.exists()


def test_a_summary_that_is_still_written_is_stopped_first(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    summary = Summary.ask(conversation.leaf, ann, {})
    queue.claim("worker", timezone.now(), purposes=[Run.Purpose.SUMMARY])
    Conversation.objects.update(erase_at=timezone.now())
    erase()
    assert Run.objects.get(pk=summary.run_id).stop_requested
    assert Conversation.objects.exists()
    queue.finish(summary.run_id, 1, Run.Status.STOPPED, now=timezone.now())
    erase()
    assert not Conversation.objects.exists()


def test_deleting_stops_the_summary_that_is_written(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    summary = Summary.ask(conversation.leaf, ann, {})
    conversation.mark_deleted()
    assert Run.objects.get(pk=summary.run_id).status == Run.Status.STOPPED


def test_one_that_a_page_puts_off_at_that_moment_stays(ann, ask, answer):
    conversation = Conversation.start(ann, "Hush", MODEL, uuid.uuid4(), is_temporary=True)
    answer(conversation)
    Conversation.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    stayed = []

    def stay(execute, sql, *more):
        if sql.startswith("UPDATE") and not stayed:
            stayed.append(True)
            conversation.stay()
        return execute(sql, *more)

    with connection.execute_wrapper(stay):
        erase()
    assert stayed
    assert Conversation.objects.get().deleted_at is None


def test_a_conversation_that_came_back_meanwhile_stays(ann, ask, answer):
    conversation = Conversation.start(ann, "Hush", MODEL, uuid.uuid4(), is_temporary=True)
    answer(conversation)
    Conversation.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    conversation.stay()
    erase()
    assert Conversation.objects.exists()


def test_others_are_left_alone(ann, bob, ask, answer):
    for person in (ann, bob):
        answer(ask(person))
    Conversation.objects.get(owner=ann).mark_deleted()
    erase(later(days=31))
    assert [each.owner for each in Conversation.objects.all()] == [bob]
    assert Message.objects.count() == 2
    assert RunPiece.objects.count() == 1


def test_sessions_that_have_expired_go(client_of, ann, bob):
    client_of(ann)
    client_of(bob)
    gone = Session.objects.first()
    Session.objects.filter(pk=gone.pk).update(expire_date=timezone.now() - timedelta(days=1))
    assert sessions.clear_expired(timezone.now(), most=10) == 1
    assert sessions.clear_expired(timezone.now(), most=10) == 0
    assert Session.objects.exclude(pk=gone.pk).count() == 1


def test_there_is_always_one_such_job(db):
    jobs.submit_standing()
    jobs.submit_standing()
    assert Job.objects.filter(kind=erasing.KIND).count() == 1


def test_erasing_now_wakes_the_job(db):
    jobs.submit_standing()
    Job.objects.update(not_before=later(minutes=5))
    erasing.submit_soon()
    assert Job.objects.get(kind=erasing.KIND).not_before is None


@pytest.mark.django_db(transaction=True)
async def test_the_job_erases_what_is_due(ann, ask):
    conversation = await in_database(ask, ann)
    await in_database(conversation.mark_deleted)
    await in_database(lambda: Conversation.objects.update(erase_at=timezone.now()))
    with pytest.raises(NotYet):
        await erasing.work(Work(Job(kind=erasing.KIND), None, timezone.now))
    assert await in_database(Conversation.objects.count) == 0


def in_the_index(word):
    """How often it stands in the files of SQLite's index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM chat_searchtext_data")
        return sum(bytes(block).count(word) for (block,) in cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL vacuums")
@pytest.mark.django_db(transaction=True)
async def test_the_index_forgets_what_is_erased(ann, ask, answer):
    def told(text):
        conversation = ask(ann, "What now?")
        answer(conversation, text)
        catch_up()
        return conversation

    gone = await in_database(told, "A zyxomma.")
    await in_database(told, "A quokka.")
    work = Work(Job(kind=erasing.KIND), None, timezone.now)

    async def erased(conversation):
        await in_database(conversation.mark_deleted)
        mine = Conversation.objects.filter(pk=conversation.pk)
        await in_database(lambda: mine.update(erase_at=timezone.now()))
        with pytest.raises(NotYet):
            await erasing.work(work)

    assert await in_database(in_the_index, b"zyxomma") > 0
    await erased(gone)
    assert await in_database(in_the_index, b"zyxomma") == 0
    assert await in_database(in_the_index, b"quokka") > 0
    # Once a day is enough; what was erased since is not forgotten of.
    await erased(await in_database(told, "A jackal."))
    assert await in_database(in_the_index, b"jackal") > 0
    work.now = lambda: later(days=2)
    with pytest.raises(NotYet):
        await erasing.work(work)
    assert await in_database(in_the_index, b"jackal") == 0
