"""Saving what runs write, and who may."""

import pytest

from inference import queue
from inference.models import Run, RunPiece
from inference.queue import Progress
from tests.factories import a_run, a_server, at, claim, finish, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(ann):
    """One that runs since the start."""
    a_server("pip:latest", slots=4)
    a_run(ann)
    return claim(0)[0]


def now_of(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def test_appends_what_was_written(run):
    save(run, "Hello", thinking="Hm. ")
    save(run, ", world")

    assert now_of(run).written() == ("Hm. ", "Hello, world")
    assert now_of(run).offset == len("Hm. Hello, world")


def test_counts_code_points(run):
    save(run, "👩‍👩‍👧 ü")

    assert now_of(run).offset == 7


def test_renews_the_lease_also_without_text(run):
    save(run, "", seconds=8)

    assert now_of(run).lease_until == at(8) + Run.LEASE


def test_notes_the_first_token_once(run):
    queue.save("worker", [Progress(run.pk, 1, 0, "", "a", at(1))], at(1))
    queue.save("worker", [Progress(run.pk, 1, 1, "", "b", at(2))], at(2))

    assert now_of(run).first_token_at == at(1)


def test_says_which_runs_are_kept_and_which_to_stop(run, ann):
    a_run(ann)
    (other,) = claim(0)
    other.request_stop(at(1))
    news = [Progress(each.pk, each.epoch, 0, "", "x") for each in (run, other)]

    saved = queue.save("worker", news, at(1))

    assert saved.kept == {run.pk, other.pk}
    assert saved.stop == {other.pk}


def test_nothing_to_save_is_no_question(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queue.save("worker", [], at(0)) == queue.Saved(set(), set())


@pytest.mark.parametrize(
    "stale",
    [
        lambda run: Progress(run.pk, run.epoch + 1, 0, "", "x"),
        lambda run: Progress(run.pk, run.epoch - 1, 0, "", "x"),
    ],
)
def test_another_epoch_writes_nothing(run, stale):
    assert queue.save("worker", [stale(run)], at(1)).kept == set()
    assert now_of(run).text == ""


def test_another_owner_writes_nothing(run):
    assert queue.save("another", [Progress(run.pk, run.epoch, 0, "", "x")], at(1)).kept == set()
    assert now_of(run).text == ""


def test_after_the_end_nothing_is_written(run):
    finish(run, 1, text="The end")

    assert save(run, "x", start=7).kept == set()
    assert now_of(run).text == "The end"


def test_a_deleted_run_is_lost_and_the_others_are_saved(run, ann):
    a_run(ann)
    (other,) = claim(0)
    other.delete()
    news = [Progress(each.pk, 1, 0, "", "x") for each in (run, Run(pk=other.pk or run.pk))]

    assert queue.save("worker", news, at(1)).kept == {run.pk}


def test_saving_again_after_an_unknown_end_doubles_nothing(run):
    save(run, "Hello", start=0)
    save(run, "Hello, wor", start=0)
    save(run, "ld", start=10)

    assert now_of(run).text == "Hello, world"
    assert now_of(run).offset == 12


def test_what_a_database_refuses_is_replaced(run):
    save(run, "a\x00b\ud800c")

    assert now_of(run).text == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    assert now_of(run).offset == 5


def test_saves_all_with_the_same_few_statements(run, ann, django_assert_max_num_queries):
    for _ in range(3):
        a_run(ann)
    runs = [run, *claim(0)]
    news = [Progress(each.pk, each.epoch, 0, "", "x") for each in runs]

    with django_assert_max_num_queries(6):  # savepoints of the test are three of them
        assert len(queue.save("worker", news, at(1)).kept) == 4


def test_the_end_makes_one_piece_of_all(run):
    for word in ("one ", "two ", "three "):
        save(run, word)
    finish(run, 1, text="four")

    assert [piece.text for piece in RunPiece.objects.all()] == ["one two three four"]
    assert now_of(run).offset == len("one two three four")
