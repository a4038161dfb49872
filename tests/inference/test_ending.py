"""The one end of each run."""

import pytest
from django.db import transaction

from accounts.signals import person_deactivated
from inference import queue
from inference.models import AlreadyRunning, Model, Run, Server, SlotTime
from inference.ollama import Usage
from inference.signals import run_ended
from tests.factories import a_run, a_server, at, claim, finish, save

pytestmark = pytest.mark.django_db
Status = Run.Status


@pytest.fixture
def run(ann):
    """One that runs since the start."""
    a_server("pip:latest", slots=1)
    a_run(ann)
    return claim(0)[0]


@pytest.fixture
def ends():
    """The runs whose end was told, as they were told, with their text at that moment."""
    heard = []

    def hear(run, **_):
        heard.append((run.pk, run.status, run.text))

    run_ended.connect(hear)
    yield heard
    run_ended.disconnect(hear)


def now_of(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


class TestSubmit:
    def test_a_subject_has_one_open_run(self, ann):
        a_server("pip:latest")
        run = a_run(ann)

        with pytest.raises(AlreadyRunning):
            a_run(ann, subject=run.subject)
        claim(0)
        with pytest.raises(AlreadyRunning):
            a_run(ann, subject=run.subject)

    def test_a_subject_may_have_another_run_after_the_end(self, run, ann):
        finish(run)

        assert a_run(ann, subject=run.subject).status == Status.QUEUED

    def test_titles_and_measurements_are_background_runs(self, ann):
        purposes = Run.Purpose
        background = {purpose for purpose in purposes if a_run(ann, purpose=purpose).background}
        assert background == {purposes.TITLE, purposes.MEASURE}


class TestFinish:
    def test_writes_the_end_with_the_last_text_and_what_it_cost(self, run):
        save(run, "Hello")

        usage = Usage(10, 20, 700, 100, 200, 400)
        ended = finish(run, 3, text=", world", done_reason="stop", usage=usage)

        assert ended == run
        ended = now_of(run)
        assert (ended.status, ended.ended_at, ended.text) == (Status.DONE, at(3), "Hello, world")
        assert (ended.prompt_tokens, ended.answer_tokens, ended.total_ns) == (10, 20, 700)
        assert (ended.load_ns, ended.prompt_ns, ended.answer_ns) == (100, 200, 400)
        assert ended.done_reason == "stop"
        assert ended.lease_until is None

    def test_happens_once(self, run):
        assert finish(run, 1, Status.STOPPED)

        assert finish(run, 2, Status.DONE, text="more") is None
        assert now_of(run).status == Status.STOPPED
        assert now_of(run).text == ""

    def test_needs_the_epoch_of_the_claim(self, run):
        assert queue.finish(run.pk, run.epoch + 1, Status.DONE, now=at(1)) is None
        assert now_of(run).status == Status.RUNNING

    def test_takes_the_place_of_what_was_saved_without_anybody_knowing(self, run):
        save(run, "Hello", start=0)

        finish(run, 1, text="Hello, world", start=0)

        assert now_of(run).text == "Hello, world"

    def test_tells_the_end_once_with_the_whole_text(self, run, ends):
        save(run, "Hello")
        finish(run, 1, text=", world")
        finish(run, 2)

        assert ends == [(run.pk, Status.DONE, "Hello, world")]

    def test_what_listens_is_part_of_the_transaction(self, run):
        def fail(**_):
            raise ValueError("the message can't be stored")

        run_ended.connect(fail)
        try:
            with pytest.raises(ValueError, match="stored"), transaction.atomic():
                finish(run, 1)
        finally:
            run_ended.disconnect(fail)
        assert now_of(run).status == Status.RUNNING

    def test_charges_the_slot_to_the_person(self, run, ann):
        finish(run, 30)

        assert SlotTime.objects.get(who=ann.pk).at(at(30)) == pytest.approx(30, rel=0.02)

    def test_learns_how_long_a_token_is(self, run):
        Run.objects.filter(pk=run.pk).update(sent={"characters": 900, "messages": 10})
        finish(run, 1, usage=Usage(360, 1, 1, 1, 1, 1))

        assert Model.objects.get().characters_per_token == pytest.approx(3.0)
        assert Model.objects.get().load_seconds is None  # it was in memory

    def test_learns_how_many_tokens_an_image_is_from_the_largest(self, run):
        Run.objects.filter(pk=run.pk).update(sent={"images": 2, "messages": 1})
        Model.objects.update(image_tokens=100)
        finish(run, 1, usage=Usage(518, 1, 1, 1, 1, 1))

        assert Model.objects.get().image_tokens == pytest.approx(256)

    def test_learns_how_long_loading_takes(self, run):
        finish(run, 20, usage=Usage(360, 1, 12_100_000_000, 12_000_000_000, 1, 1))

        assert Model.objects.get().load_seconds == pytest.approx(12)


class TestRequestStop:
    def test_ends_a_waiting_run_at_once(self, ann, ends):
        run = a_run(ann)

        assert run.request_stop(at(1))

        assert now_of(run).status == Status.STOPPED
        assert ends == [(run.pk, Status.STOPPED, "")]

    def test_asks_the_worker_of_a_running_one(self, run, ends):
        assert run.request_stop()

        assert now_of(run).status == Status.RUNNING
        assert now_of(run).stop_requested
        assert ends == []

    def test_is_too_late_after_the_end(self, run):
        finish(run)

        assert not run.request_stop()
        assert now_of(run).status == Status.DONE

    def test_wakes_the_worker(self, run, monkeypatch, django_capture_on_commit_callbacks):
        calls = []
        monkeypatch.setattr("inference.models.run.wake_worker", lambda: calls.append("woken"))
        with django_capture_on_commit_callbacks(execute=True):
            run.request_stop()
        assert calls == ["woken"]


class TestPutBack:
    def test_lets_the_run_wait_again_without_its_server(self, run):
        assert queue.put_back(run.pk, run.epoch, now=at(1), error="busy")

        back = now_of(run)
        assert (back.status, back.server, back.owner) == (Status.QUEUED, None, "")
        assert back.error == "busy"

    def test_stops_the_run_instead_where_somebody_asked_for_that(self, run, ends):
        run.request_stop()

        assert queue.put_back(run.pk, run.epoch, now=at(1))

        assert now_of(run).status == Status.STOPPED
        assert len(ends) == 1

    def test_never_after_the_first_text(self, run):
        save(run, "H")

        assert not queue.put_back(run.pk, run.epoch, now=at(1))
        assert now_of(run).status == Status.RUNNING

    def test_the_old_claim_can_write_nothing_more(self, run):
        queue.put_back(run.pk, run.epoch, now=at(0))
        (again,) = claim(1)

        assert again.epoch == run.epoch + 1
        assert finish(run, 2) is None
        assert save(run, "x").kept == set()
        assert not queue.put_back(run.pk, run.epoch, now=at(2))


class TestReap:
    def test_interrupts_a_run_whose_lease_has_passed_and_keeps_its_text(self, run, ends):
        save(run, "Hello", seconds=2)

        assert queue.reap(at(12)) == []
        assert queue.reap(at(12.1)) == [run]

        assert now_of(run).status == Status.INTERRUPTED
        assert now_of(run).error != ""
        assert ends == [(run.pk, Status.INTERRUPTED, "Hello")]

    def test_leaves_alone_what_waits(self, ann):
        a_run(ann)

        assert queue.reap(at(1000)) == []

    def test_frees_the_slot(self, run, ann):
        waiting = a_run(ann, seconds=1)
        queue.reap(at(11))

        assert claim(11) == [waiting]


class TestFailMissing:
    def test_ends_a_waiting_run_whose_model_is_on_no_server_any_more(self, ann, ends):
        a_server("pip:latest")
        run = a_run(ann)
        Model.objects.update(present=False)

        assert queue.fail_missing(at(1)) == [run]

        assert now_of(run).status == Status.FAILED
        assert "pip:latest" in now_of(run).error
        assert len(ends) == 1

    def test_waits_for_a_server_that_does_not_answer_now(self, ann):
        a_server("pip:latest")
        a_run(ann)
        Server.objects.update(error="refused")

        assert queue.fail_missing(at(1)) == []

    def test_leaves_a_running_run_to_its_worker(self, run):
        Model.objects.all().delete()

        assert queue.fail_missing(at(1)) == []

    def test_ends_a_run_that_would_go_to_another_host(self, ann, settings):
        settings.ALLOW_REMOTE_MODELS = False
        a_server("big:120b-cloud")
        run = a_run(ann, "big:120b-cloud")

        assert queue.fail_missing(at(1)) == [run]


class TestDeactivation:
    def test_stops_what_waits_and_what_runs_for_the_person(
        self, run, ann, bob, django_capture_on_commit_callbacks
    ):
        waiting, others = a_run(ann), a_run(bob)

        with django_capture_on_commit_callbacks(execute=True):
            person_deactivated.send(sender=type(ann), person=ann)

        assert now_of(run).stop_requested
        assert now_of(waiting).status == Status.STOPPED
        assert now_of(others).status == Status.QUEUED
