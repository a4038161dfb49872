"""A fork: a new conversation with copies of a path."""

import uuid

import pytest
from django.urls import reverse

from chat.forks import fork
from chat.models import AnswerRunning, Conversation, Message, Summary
from inference.models import Model, Run
from tests.chat.conftest import HTMX, MODEL


@pytest.fixture
def asked(ann, ask, answer):
    """A conversation with two questions and their answers."""
    conversation = ask(ann, "Why is the sky blue?")
    answer(conversation, "Because of *Rayleigh*.")
    conversation.send(ann, "And at night?", MODEL, uuid.uuid4())
    answer(conversation, "It is dark.")
    return conversation


def forked_from(conversation, text, person):
    return fork(conversation.messages.get(text=text), person, uuid.uuid4())


def path(conversation):
    return Message.objects.path_to(conversation.leaf_id)


def test_it_has_copies_up_to_the_answer(ann, asked):
    new = forked_from(asked, "Because of *Rayleigh*.", ann)
    assert [each.text for each in path(new)] == ["Why is the sky blue?", "Because of *Rayleigh*."]
    assert {each.conversation for each in path(new)} == {new}
    assert not {each.pk for each in path(new)} & {each.pk for each in path(asked)}


def test_its_title_says_that_it_is_one(ann, asked):
    new = forked_from(asked, "It is dark.", ann)
    assert new.title == "Fork of Why is the sky blue?"
    assert new.model_name == asked.model_name


def test_a_long_title_stays_within_its_field(ann, asked):
    asked.rename("x" * 200)
    assert len(forked_from(asked, "It is dark.", ann).title) == 200


def test_rendered_html_is_copied_and_runs_are_not(ann, asked):
    runs = Run.objects.count()
    new = forked_from(asked, "It is dark.", ann)
    assert "<em>Rayleigh</em>" in path(new)[1].html
    assert [each.run for each in path(new)] == [None] * 4
    assert Run.objects.count() == runs


def test_the_first_one_stays_as_it_was(ann, asked):
    before = [each.pk for each in path(asked)]
    forked_from(asked, "Because of *Rayleigh*.", ann)
    asked.refresh_from_db()
    assert [each.pk for each in path(asked)] == before


def test_it_goes_on_by_itself(ann, asked, answer):
    new = forked_from(asked, "Because of *Rayleigh*.", ann)
    new.send(ann, "And at dawn?", MODEL, uuid.uuid4())
    answer(new, "It is red.")
    assert [each.text for each in path(new)][-2:] == ["And at dawn?", "It is red."]
    assert asked.messages.count() == 4


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("Why is the sky blue?", []),
        ("And at night?", ["Why is the sky blue?", "Because of *Rayleigh*."]),
    ],
)
def test_a_question_is_asked_anew_after_what_stood_before(
    ann, asked, client_of, answer, question, before
):
    asked.set({"system": "Be brief."})
    url = reverse("chat:forks", args=[asked.messages.get(text=question).pk])
    key = uuid.uuid4()
    for _ in range(2):
        client_of(ann).post(url, {"key": key}, headers=HTMX)
    new = Conversation.objects.get(key=key)
    answer(new, "Ask the moon.")
    assert [each.text for each in path(new)] == [*before, question, "Ask the moon."]
    assert new.title == "Fork of Why is the sky blue?"
    assert new.settings == {"system": "Be brief."}
    assert Conversation.objects.count() == 2


def test_a_question_is_not_forked_for_a_model_that_is_gone(ann, asked, client_of):
    Model.objects.filter(name=MODEL).update(present=False)
    url = reverse("chat:forks", args=[asked.messages.get(text="And at night?").pk])
    response = client_of(ann).post(url, {"key": uuid.uuid4()}, headers=HTMX)
    assert response.status_code == 422
    assert "is not here any more" in response.content.decode()
    assert Conversation.objects.count() == 1


def test_a_summary_goes_along(ann, asked):
    first = path(asked)[1]
    Summary.objects.create(conversation=asked, up_to=first, text="Blue.", model_name=MODEL)
    new = forked_from(asked, "It is dark.", ann)
    [copied] = new.summaries.all()
    assert (copied.up_to, copied.text) == (path(new)[1], "Blue.")
    assert not forked_from(asked, "Why is the sky blue?", ann).summaries.exists()


def test_an_answer_that_runs_is_not_forked(ann, ask):
    with pytest.raises(AnswerRunning):
        fork(ask(ann).leaf, ann, uuid.uuid4())


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_view_leads_to_the_fork_and_forks_once_for_a_key(ann, asked, client_of, headers):
    url = reverse("chat:forks", args=[asked.leaf_id])
    key = uuid.uuid4()
    for _ in range(2):
        response = client_of(ann).post(url, {"key": key}, headers=headers)
        new = Conversation.objects.get(key=key)
        where = "HX-Redirect" if headers else "Location"
        assert response.headers[where] == new.get_absolute_url()
    assert Conversation.objects.count() == 2


def test_a_stale_form_forks_nothing(ann, asked, client_of):
    url = reverse("chat:forks", args=[asked.leaf_id])
    assert client_of(ann).post(url, headers=HTMX).status_code == 422
    assert Conversation.objects.count() == 1


def test_the_page_of_a_fork_shows_its_answers(ann, asked, client_of):
    new = forked_from(asked, "It is dark.", ann)
    html = client_of(ann).get(new.get_absolute_url()).content.decode()
    assert "<em>Rayleigh</em>" in html
    assert "What was sent" not in html


def test_a_fork_that_was_deleted_is_made_anew_from_a_page_that_the_browser_kept(ann, asked):
    key, answer = uuid.uuid4(), asked.messages.get(text="It is dark.")
    fork(answer, ann, key).mark_deleted()

    again = fork(answer, ann, key)

    assert again.deleted_at is None
    assert Conversation.objects.visible_to(ann).count() == 2
