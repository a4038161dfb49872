"""The links between the pages of models."""

import pytest

from models_admin.sections import links


def words(person, path="/models/") -> list[str]:
    return [str(link.words) for link in links(person, path)]


def test_members_find_what_is_for_everybody(eve):
    assert words(eve) == ["Models", "Activity"]


def test_managers_find_all(mod, admin):
    assert words(mod) == words(admin) == ["Models", "Activity", "Jobs", "Servers", "Create"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/models/", "Models"),
        ("/models/pip:latest/", "Models"),
        ("/models/jobs/", "Jobs"),
        ("/models/servers/new/", "Servers"),
        ("/models/create/modelfile/", "Create"),
        ("/models/uploads/", "Create"),
    ],
)
def test_the_page_that_is_open_is_marked(mod, path, current):
    assert [str(link.words) for link in links(mod, path) if link.is_current] == [current]
