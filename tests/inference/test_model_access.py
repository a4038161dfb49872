"""A restricted model stays so, wherever and under whatever name it comes again."""

import pytest
from django.utils import timezone

from accounts.models import Group
from inference import sightings
from inference.models import Model
from inference.ollama import InstalledModel
from tests.factories import a_model, a_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineers():
    return Group.objects.create(name="Engineers")


@pytest.fixture
def pip(engineers):
    model = a_model(a_server(), "pip:latest", digest="abc")
    model.groups.add(engineers)
    return model


def see(server, *listed: tuple[str, str]) -> None:
    """The server lists these names and digests."""
    lines = [
        InstalledModel(name, digest, 1, None, "", "", "", ["completion"], 1, "", "")
        for name, digest in listed
    ]
    sightings.seen(server.pk, "0.24.0", lines, {}, [], timezone.now())


def groups_of(server, name) -> list[Group]:
    return list(Model.objects.get(server=server, name=name).groups.all())


def test_pulled_anew_it_is_for_the_same(pip, engineers):
    see(pip.server)
    see(pip.server, ("pip:latest", "newer"))
    assert groups_of(pip.server, "pip:latest") == [engineers]


def test_on_another_server_it_is_for_the_same(pip, engineers):
    second = a_server()
    see(second, ("pip:latest", "other"), ("open:latest", "x"))
    assert groups_of(second, "pip:latest") == [engineers]
    assert groups_of(second, "open:latest") == []


def test_a_copy_is_for_the_same(pip, engineers):
    see(pip.server, ("pip:latest", "abc"), ("copy:latest", "abc"))
    assert groups_of(pip.server, "copy:latest") == [engineers]


def test_the_name_counts_before_the_files(pip):
    a_model(a_server(), "open:latest", digest="abc")
    second = a_server()
    see(second, ("open:latest", "abc"))
    assert groups_of(second, "open:latest") == []
