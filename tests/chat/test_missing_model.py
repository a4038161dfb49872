"""Who asks for a model that is on no server learns what to do about it."""

import uuid

import pytest

from accounts.models import Group
from inference.models import Model, Run
from tests.chat.conftest import MODEL
from tests.factories import a_model, a_server

PULL_IT = 'href="/models/jobs/?name=gone%3Alatest#pull"'


def ask_for(client, name):
    form = {"text": "Hello", "model": name, "key": uuid.uuid4()}
    return client.post("/conversations/", form).content.decode()


def test_a_manager_can_pull_it(mod, client_of, server):
    page = ask_for(client_of(mod), "gone:latest")
    assert PULL_IT in page
    assert "Who can fetch it" not in page


def test_a_member_learns_whom_to_ask(ann, mod, admin, client_of, server):
    page = ask_for(client_of(ann), "gone:latest")
    assert "Who can fetch it: mod, admin." in page
    assert PULL_IT not in page


def test_the_name_cannot_break_the_link(mod, client_of, server):
    page = ask_for(client_of(mod), '"><script>')
    assert "?name=%22%3E%3Cscript%3E#pull" in page


def test_nothing_is_told_of_a_model_that_is_only_for_others(ann, mod, client_of, server):
    a_model(server, "secret:latest").groups.add(Group.objects.create(name="Research"))
    assert "Who can fetch it" not in ask_for(client_of(ann), "secret:latest")


@pytest.mark.parametrize(("person", "words"), [("ann", "Who can fetch it"), ("mod", "Pull it")])
def test_an_answer_that_failed_for_it_says_so(person, words, request, ask, answer, client_of, mod):
    asks = request.getfixturevalue(person)
    conversation = ask(asks)
    answer(conversation, "", Run.Status.FAILED, error_kind="model_missing", error="gone")
    Model.objects.filter(name=MODEL).update(present=False)
    a_server("other:latest")
    assert words in client_of(asks).get(conversation.get_absolute_url()).content.decode()
