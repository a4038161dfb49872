"""Who may use which model, and which one a new chat begins with."""

import pytest

from accounts.models import Group
from inference.models import Model, Server
from tests.factories import a_model, a_server, at

pytestmark = pytest.mark.django_db


def names(models) -> list[str]:
    return sorted(model.name for model in models)


class TestUsableBy:
    def test_a_model_is_for_everybody(self, ann, eve):
        a_server("pip:latest")

        assert names(Model.objects.usable_by(ann)) == ["pip:latest"]
        assert names(Model.objects.usable_by(eve)) == ["pip:latest"]

    def test_unless_it_is_restricted_to_groups(self, ann, bob, eve):
        model = a_model(a_server())
        first, second = (Group.objects.create(name=name) for name in ("law", "ward"))
        model.groups.add(first, second)
        first.members.add(ann)
        second.members.add(ann, bob)

        assert names(Model.objects.usable_by(ann)) == ["pip:latest"]
        assert names(Model.objects.usable_by(bob)) == ["pip:latest"]
        assert names(Model.objects.usable_by(eve)) == []

    def test_not_for_who_was_deactivated(self, ann):
        a_server("pip:latest")
        ann.is_active = False

        assert names(Model.objects.usable_by(ann)) == []

    def test_not_when_it_is_gone_or_its_server_is_off(self, ann):
        a_model(a_server(), "gone:latest", present=False)
        a_server("off:latest", enabled=False)

        assert names(Model.objects.usable_by(ann)) == []

    def test_not_when_it_goes_to_another_host_unless_allowed(self, ann, settings):
        server = a_server("pip:latest", "a:cloud", "b:120b-cloud", "cloud:latest", "x/cloud:7b")
        a_model(server, "stub:latest", remote_host="https://ollama.com")

        settings.ALLOW_REMOTE_MODELS = False
        assert names(Model.objects.usable_by(ann)) == ["cloud:latest", "pip:latest", "x/cloud:7b"]
        settings.ALLOW_REMOTE_MODELS = True
        assert len(Model.objects.usable_by(ann)) == 6


class TestForChat:
    def test_what_cannot_complete_is_never_offered(self):
        server = a_server("pip:latest")
        a_model(server, "vectors:latest", capabilities=["embedding"])
        a_model(server, "unknown:latest", capabilities=[])
        a_model(server, "insert:latest", capabilities=["completions"])

        assert names(Model.objects.for_chat()) == ["pip:latest"]


class TestChoices:
    def test_a_name_on_several_servers_is_there_once(self, ann):
        a_server("pip:latest", "owl:latest")
        a_server("pip:latest")

        assert [choice.name for choice in Model.objects.choices(ann)] == [
            "owl:latest",
            "pip:latest",
        ]

    def test_says_what_every_copy_can_do(self, ann):
        a_model(a_server(), capabilities=["completion", "vision", "tools"], num_ctx=8192)
        a_model(a_server(), capabilities=["completion", "tools"], context_length=4096)

        (choice,) = Model.objects.choices(ann)

        assert choice.capabilities == {"completion", "tools"}
        assert choice.num_ctx == 4096

    def test_tells_of_the_copy_that_would_answer(self, ann):
        a_model(a_server(error="refused"), loaded=True, parameter_size="1B", seen_at=at(0))
        good = {"parameter_size": "8.0B", "quantization": "Q4_K_M", "seen_at": at(5)}
        a_model(a_server(), **good)

        (choice,) = Model.objects.choices(ann)

        assert choice.details == "8.0B · Q4_K_M"
        assert choice.answering
        assert not choice.loaded
        assert choice.seen_at == at(5)

    def test_a_copy_in_a_group_of_others_does_not_count(self, ann):
        hidden = a_model(a_server(), loaded=True)
        hidden.groups.add(Group.objects.create(name="law"))
        a_model(a_server())

        (choice,) = Model.objects.choices(ann)

        assert not choice.loaded

    def test_a_name_stands_before_those_that_begin_with_it(self, ann):
        a_server("pip-think:latest", "pip:latest", "pip:tiny", "alpha:latest")

        offered = [choice.name for choice in Model.objects.choices(ann)]
        assert offered == ["alpha:latest", "pip:latest", "pip-think:latest", "pip:tiny"]

    def test_stays_while_its_server_does_not_answer(self, ann):
        a_server("pip:latest", error="refused")

        (choice,) = Model.objects.choices(ann)

        assert not choice.answering


class TestDefaultModel:
    def test_is_the_last_one_used(self, ann):
        server = a_server("a:latest", "b:latest")
        a_model(server, "c:latest", is_default=True, loaded=True)

        assert Model.objects.default_model(ann, "b:latest") == "b:latest"

    def test_else_the_instances(self, ann):
        server = a_server("a:latest")
        a_model(server, "b:latest", loaded=True)
        a_model(server, "c:latest", is_default=True)

        assert Model.objects.default_model(ann, "gone:latest") == "c:latest"

    def test_else_one_that_is_loaded(self, ann):
        server = a_server("a:latest")
        a_model(server, "b:latest", loaded=True)

        assert Model.objects.default_model(ann) == "b:latest"

    def test_else_one_whose_server_answers(self, ann):
        a_server("a:latest", error="refused")
        a_server("b:latest")

        assert Model.objects.default_model(ann) == "b:latest"

    def test_else_any(self, ann):
        a_server("a:latest", error="refused")

        assert Model.objects.default_model(ann) == "a:latest"

    def test_is_never_one_that_the_person_may_not_use(self, ann):
        model = a_model(a_server("b:latest"), "a:latest", is_default=True, loaded=True)
        model.groups.add(Group.objects.create(name="law"))

        assert Model.objects.default_model(ann, "a:latest") == "b:latest"

    def test_is_none_where_there_is_none(self, ann):
        a_model(a_server(), "vectors:latest", capabilities=["embedding"])

        assert Model.objects.default_model(ann, "vectors:latest") is None


def test_servers_that_answer_are_on_and_without_an_error():
    good = a_server()
    a_server(error="refused")
    a_server(enabled=False)

    assert list(Server.objects.answering()) == [good]
