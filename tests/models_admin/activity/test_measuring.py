"""From a run that measures to the day's figures."""

import pytest

from inference.models import Run
from inference.ollama import Usage
from models_admin.activity.measuring import measure
from models_admin.models import Measurement
from tests.factories import a_run, a_server, at, claim, finish

pytestmark = pytest.mark.django_db
PIP = "pip:latest"
SECOND = 10**9


@pytest.fixture
def server():
    return a_server(PIP, slots=5)


def measured(seconds=0.0, *, tokens=100, load=0.0, first=0.5, status=Run.Status.DONE):
    (run,) = claim(seconds, limit=1)
    Run.objects.filter(pk=run.pk).update(first_token_at=at(seconds + load + first))
    usage = Usage(10, tokens, 5 * SECOND, int(load * SECOND), SECOND, 2 * SECOND)
    finish(run, seconds + 5, status, usage=usage)


def test_keeps_speed_and_first_token_by_model_and_day(mod, server):
    assert measure(mod, PIP) == 5
    Run.objects.update(queued_at=at(0))
    measured(first=0.4, load=3.0)
    measured(first=0.6, tokens=300)
    (found,) = Measurement.objects.all()
    assert (found.model_name, found.server, found.day) == (PIP, server, at(0).date())
    assert found.runs == 2
    assert found.tokens_per_second == pytest.approx(100)
    assert found.first_token_seconds == pytest.approx(0.5)


def test_another_day_is_another_row(mod, server):
    measure(mod, PIP)
    Run.objects.update(queued_at=at(0))
    measured()
    measured(86_400)
    assert [each.runs for each in Measurement.objects.all()] == [1, 1]


def test_what_failed_measures_nothing(mod, server):
    measure(mod, PIP)
    Run.objects.update(queued_at=at(0))
    measured(status=Run.Status.FAILED)
    assert not Measurement.objects.exists()


def test_answers_to_people_are_no_measurement(ann, server):
    a_run(ann, PIP)
    measured()
    assert not Measurement.objects.exists()


def test_nothing_measured_is_no_division(server):
    empty = Measurement(model_name=PIP)
    assert (empty.tokens_per_second, empty.first_token_seconds) == (0, 0)
