"""The hint at other slots, out of how long answers waited and where."""

import pytest

from inference.models import Run, Server
from inference.ollama import Usage
from models_admin.servers.slots import Span, hint, judged
from tests.factories import a_run, a_server, at, claim, finish

NS = 1_000_000_000


def spans(count, *, company=1, waited=0.0, inside=0.0):
    """So many answers of ten seconds, `company` of them at a time."""
    found = []
    for number in range(count):
        start = 100 + 10 * (number // company)
        found.append(Span("pip", at(start - waited), at(start), at(start + 10), inside))
    return found


def test_more_look_possible_where_people_waited_and_ollama_did_not():
    found = judged(spans(12, company=2, waited=5), slots=2)
    assert (found.kind, found.slots, found.waited) == ("more", 2, 12)


def test_fewer_where_ollama_kept_them_waiting():
    found = judged(spans(24, company=4, inside=3.5), slots=4)
    assert (found.kind, found.seconds) == ("fewer", 3.5)


def test_nothing_where_nobody_waited():
    assert judged(spans(12, company=2), slots=2) is None


def test_nothing_where_the_slots_were_never_full():
    assert judged(spans(12, company=1, waited=5), slots=2) is None


def test_nothing_of_a_few_answers():
    assert judged(spans(4, waited=5), slots=1) is None


def test_one_slot_is_never_too_many():
    assert judged(spans(12, inside=9), slots=1) is None


def test_nothing_beyond_the_most():
    most = Server.MOST_SLOTS
    assert judged(spans(most * 2, company=most, waited=5), slots=most) is None


@pytest.mark.django_db
def test_reads_it_from_the_runs_of_the_day(ann):
    server = a_server("pip:latest")
    for number in range(6):
        a_run(ann, seconds=20 * number)
        (run,) = claim(20 * number + 5)
        usage = Usage(9, 9, total_ns=NS, load_ns=0, prompt_ns=NS // 2, answer_ns=NS // 2)
        finish(run, 20 * number + 6, usage=usage)
    assert Run.objects.filter(status="done").count() == 6
    assert hint(server, at(200)).kind == "more"
    assert hint(server, at(200_000)) is None
