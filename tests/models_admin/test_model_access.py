"""Who may use a model: set by managers, for a name on all servers."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import AuditEntry, Group
from inference.models import Model
from models_admin.board.rows import key_of
from tests.factories import a_model, a_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counted_anew():
    cache.clear()


@pytest.fixture
def engineers(ann):
    group = Group.objects.create(name="Engineers")
    group.members.add(ann)
    return group


@pytest.fixture
def pip(db):
    return a_model(a_server(name="gpu-1"), "pip:latest", digest="abc")


def save(client, *models, **data):
    keys = [key_of(model.name, model.digest) for model in models]
    return client.post(reverse("models_admin:access"), {"model": keys, **data})


def test_a_model_is_given_to_a_group(mod, ann, eve, client_of, pip, engineers):
    save(client_of(mod), pip, who="groups", groups=[str(engineers.pk)])
    assert Model.objects.usable_by(ann).exists()
    assert not Model.objects.usable_by(eve).exists()


def test_it_holds_for_the_name_on_all_servers(mod, client_of, pip, engineers):
    elsewhere = a_model(a_server(), "pip:latest", digest="other", present=False)
    save(client_of(mod), pip, who="groups", groups=[str(engineers.pk)])
    assert list(elsewhere.groups.all()) == [engineers]


def test_and_back_to_everyone(mod, eve, client_of, pip, engineers):
    pip.groups.add(engineers)
    save(client_of(mod), pip, who="everyone", groups=[str(engineers.pk)])
    assert Model.objects.usable_by(eve).exists()


def test_it_is_in_the_audit_log(mod, client_of, pip, engineers):
    save(client_of(mod), pip, who="groups", groups=[str(engineers.pk)])
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.actor, entry.subject_name, entry.details) == (
        *("model_access_changed", mod, "pip:latest"),
        {"groups": ["Engineers"]},
    )


def test_several_at_once(mod, client_of, pip, engineers):
    other = a_model(pip.server, "other:latest")
    save(client_of(mod), pip, other, who="groups", groups=[str(engineers.pk)])
    assert Model.objects.filter(groups=engineers).count() == 2


def test_what_differs_now_is_said(mod, client_of, pip, engineers):
    other = a_model(pip.server, "other:latest")
    pip.groups.add(engineers)
    keys = [key_of(model.name, model.digest) for model in (pip, other)]
    page = client_of(mod).get(reverse("models_admin:access"), {"model": keys}).content.decode()
    assert "for different people now" in page


@pytest.mark.parametrize(
    "data",
    [
        {"who": "groups"},
        {"who": "groups", "groups": ["none"]},
        {"who": "nobody"},
        {},
    ],
)
def test_what_means_nobody_is_refused(data, mod, eve, client_of, pip, engineers):
    assert save(client_of(mod), pip, **data).status_code == 422
    assert Model.objects.usable_by(eve).exists()
    assert not AuditEntry.objects.exists()
