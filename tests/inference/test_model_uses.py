from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Group, Key
from inference import model_uses
from tests.factories import a_model, a_run, a_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def pip():
    return a_model(a_server(name="gpu-1"), "pip:latest")


def uses() -> str:
    return "\n".join(model_uses.of("pip:latest"))


def test_nobody_misses_a_model_that_nobody_uses(pip):
    assert model_uses.of("pip:latest") == []


def test_where_it_is_loaded(pip):
    pip.loaded = True
    pip.save()
    assert uses() == "It is loaded on gpu-1."


def test_what_is_made_from_it(pip):
    a_model(pip.server, "mario:latest", parent="pip:latest")
    a_model(pip.server, "gone:latest", parent="pip:latest", present=False)
    assert uses() == "Made from it: mario:latest."


def test_of_many_some_are_named():
    names = [f"m{number}" for number in range(8)]
    assert model_uses.listed(names) == "m0, m1, m2, m3, m4 and 3 more"


def test_whom_it_is_reserved_for(pip):
    pip.groups.add(Group.objects.create(name="Engineers"))
    assert uses() == "It is reserved for Engineers."


def test_who_waits_for_it_and_with_which_keys(pip, ann):
    now = timezone.now()
    key = Key.objects.create(person=ann, name="cron", prefix="wc_1", hash="1")
    run = a_run(ann, key=key)
    type(run).objects.filter(pk=run.pk).update(queued_at=now)
    assert "1 answer is being written or waited for." in uses()
    assert "1 key has used it in the last 30 days." in uses()
    type(run).objects.filter(pk=run.pk).update(queued_at=now - timedelta(days=31), status="done")
    assert uses() == ""


def test_others_register_their_own(pip, monkeypatch):
    monkeypatch.setattr(model_uses, "_registered", [])
    model_uses.register(lambda name: [f"3 friends of {name}"])
    assert model_uses.of("pip:latest") == ["3 friends of pip:latest"]
