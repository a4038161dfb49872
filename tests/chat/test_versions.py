"""Editing a question, asking for another answer, and walking among the versions."""

import re
import uuid

import pytest
from django.urls import reverse

from chat import thread
from chat.models import AnswerRunning, Conversation, FollowedUp, Message, Role
from inference.models import Run
from tests.chat.conftest import HTMX, MODEL

OTHER = "pip-think:latest"
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


@pytest.fixture
def asked(ann, ask, answer):
    """A conversation with one question and its answer."""
    conversation = ask(ann, "Why is the sky blue?")
    answer(conversation, "Because of Rayleigh.")
    return conversation


@pytest.fixture
def edited(ann, asked, answer):
    """The same, with the question edited and answered again."""
    question = asked.leaf.parent
    asked.send(ann, "Why is the sky red?", MODEL, uuid.uuid4(), instead_of=question)
    answer(asked, "Because of dust.")
    return asked


@pytest.fixture
def ann_client(ann, client_of):
    return client_of(ann)


def url(name, message):
    return reverse(f"chat:{name}", args=[message.pk])


def texts(conversation):
    conversation.refresh_from_db()
    return [message.text for message in Message.objects.path_to(conversation.leaf_id)]


def page(client, conversation):
    return client.get(conversation.get_absolute_url()).content.decode()


# Editing


def test_an_edited_question_is_a_sibling_with_an_answer_of_its_own(edited):
    assert texts(edited) == ["Why is the sky red?", "Because of dust."]
    assert edited.messages.count() == 4
    assert edited.messages.filter(parent=None, role=Role.USER).count() == 2


def test_the_pencil_opens_a_form_in_place_of_the_question(asked, ann_client):
    question = asked.leaf.parent
    html = ann_client.get(url("revisions", question), headers=HTMX).content.decode()
    assert html.startswith(f'<article class="message question" id="message-{question.pk}"')
    assert "Why is the sky blue?</textarea>" in html
    assert "Ask again</button>" in html
    assert "Cancel</a>" in html


def test_without_javascript_the_form_stands_on_the_page(asked, ann_client):
    html = ann_client.get(url("revisions", asked.leaf.parent)).content.decode()
    assert "Why is the sky blue?</textarea>" in html
    assert "Because of Rayleigh." in html
    assert 'aria-label="Message"' in html


@BOTH
def test_asking_again_answers_where_the_question_stands(asked, ann_client, headers):
    question = asked.leaf.parent
    asking = {"text": "Why is it red?\r\n", "key": uuid.uuid4()}
    response = ann_client.post(url("revisions", question), asking, headers=headers)
    assert texts(asked) == ["Why is it red?", ""]
    if headers:
        assert response.status_code == 204
    else:
        there = asked.get_absolute_url()
        assert response.headers["Location"] == f"{there}?at={asked.leaf.parent_id}"


def test_the_same_form_sent_twice_asks_once(asked, ann_client):
    asking = {"text": "Why is it red?", "key": uuid.uuid4()}
    for _ in range(2):
        response = ann_client.post(url("revisions", asked.leaf.parent), asking, headers=HTMX)
        assert response.status_code == 204
    assert asked.messages.count() == 4


@BOTH
def test_while_an_answer_runs_an_edit_is_refused_and_kept(ann, ask, ann_client, headers):
    question = ask(ann).leaf.parent
    asking = {"text": "In other words", "key": uuid.uuid4()}
    response = ann_client.post(url("revisions", question), asking, headers=headers)
    html = response.content.decode()
    assert response.status_code == 409
    assert "In other words</textarea>" in html
    assert f'value="{asking["key"]}"' in html
    assert "An answer is running." in html


@BOTH
@pytest.mark.parametrize("text", ["", " \n ", "x" * 1_000_001])
def test_what_cannot_be_asked_says_why(asked, ann_client, headers, text):
    response = ann_client.post(url("revisions", asked.leaf.parent), {"text": text}, headers=headers)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert asked.messages.count() == 2


def test_a_question_far_up_is_edited_where_it_stands(ann, asked, answer, ann_client):
    for number in range(20):
        asked.send(ann, f"question {number}", MODEL, uuid.uuid4())
        answer(asked, "So it is.")
    first = asked.messages.get(parent=None)
    html = ann_client.get(url("revisions", first)).content.decode()
    assert "Why is the sky blue?</textarea>" in html
    assert "question 19" in html


# Other answers


@BOTH
def test_another_model_may_answer_again(asked, ann_client, headers):
    asking = {"key": uuid.uuid4(), "model": OTHER}
    ann_client.post(url("regenerations", asked.leaf), asking, headers=headers)
    asked.refresh_from_db()
    assert asked.leaf.model_name == OTHER
    assert asked.model_name == MODEL  # what is asked next goes to the one in the picker


def test_a_model_that_is_not_there_is_not_asked(asked, ann_client):
    asking = {"key": uuid.uuid4(), "model": "gone:latest"}
    response = ann_client.post(url("regenerations", asked.leaf), asking, headers=HTMX)
    assert response.status_code == 422
    assert "gone:latest is not here any more" in response.content.decode()


def test_the_last_answer_offers_the_models_and_earlier_ones_a_menu(ann, asked, answer, ann_client):
    first = asked.leaf
    asked.send(ann, "And at night?", MODEL, uuid.uuid4())
    answer(asked)
    html = page(ann_client, asked)
    assert html.count(f'id="models-{asked.leaf_id}"') == 1
    assert f'id="models-{first.pk}"' not in html
    assert f'id="menu-{first.pk}"' in html
    assert 'aria-label="Regenerate with another model"' in html


def test_an_answer_in_the_middle_is_asked_for_again(ann, asked, answer, ann_client):
    first = asked.leaf
    asked.send(ann, "And at night?", MODEL, uuid.uuid4())
    answer(asked)
    ann_client.post(url("regenerations", first), {"key": uuid.uuid4()}, headers=HTMX)
    assert texts(asked) == ["Why is the sky blue?", ""]
    assert asked.messages.count() == 5


def test_what_something_was_asked_after_is_not_continued(ann, ask, answer, ann_client):
    conversation = ask(ann)
    answer(conversation, "Because", Run.Status.STOPPED)
    stopped = conversation.leaf
    conversation.send(ann, "And at night?", MODEL, uuid.uuid4())
    answer(conversation)
    with pytest.raises(FollowedUp):
        conversation.continue_(stopped, ann)
    response = ann_client.post(url("continuations", stopped), headers=HTMX)
    assert response.status_code == 422
    assert "Regenerate it" in response.content.decode()


def test_a_version_that_is_chosen_again_can_go_on(ann, ask, answer, ann_client):
    conversation = ask(ann)
    answer(conversation, "Because", Run.Status.STOPPED)
    stopped = conversation.leaf
    conversation.regenerate(stopped, ann, MODEL, uuid.uuid4())
    answer(conversation)
    conversation.choose(stopped)
    assert "Continue</button>" in page(ann_client, conversation)


def test_continuing_a_version_of_another_path_goes_there(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "Because", Run.Status.STOPPED)
    stopped = conversation.leaf
    conversation.regenerate(stopped, ann, MODEL, uuid.uuid4())
    answer(conversation)
    conversation.continue_(stopped, ann)
    conversation.refresh_from_db()
    assert conversation.leaf == stopped


# Walking


def test_one_version_is_not_counted(asked, ann_client):
    assert "Version before" not in page(ann_client, asked)


def test_the_page_says_which_of_how_many_it_shows(edited, ann_client):
    html = page(ann_client, edited)
    assert 'aria-label="Versions of this question"' in html
    assert "2 / 2" in html
    assert len(re.findall(r'aria-label="Version before"', html)) == 1
    assert re.search(r'aria-label="Version after" type="button" aria-disabled', html)


@BOTH
def test_the_version_before_comes_with_what_was_said_below_it(edited, ann_client, headers):
    first = edited.messages.get(text="Why is the sky blue?")
    response = ann_client.post(url("choice", first), headers=headers)
    assert texts(edited) == ["Why is the sky blue?", "Because of Rayleigh."]
    if headers:
        assert response.status_code == 204
    else:
        assert response.headers["Location"] == f"{edited.get_absolute_url()}?at={first.pk}"
    assert "1 / 2" in page(ann_client, edited)


def test_of_several_paths_below_a_version_the_newest_is_shown(ann, edited, answer):
    first = edited.messages.get(text="Why is the sky blue?")
    edited.choose(first)
    older = edited.leaf
    edited.regenerate(older, ann, MODEL, uuid.uuid4())
    answer(edited, "Because of air.")
    edited.choose(edited.messages.get(text="Why is the sky red?"))
    edited.choose(first)
    assert texts(edited) == ["Why is the sky blue?", "Because of air."]


def test_what_is_asked_next_goes_on_from_the_chosen_version(ann, edited):
    edited.choose(edited.messages.get(text="Why is the sky blue?"))
    edited.send(ann, "And at night?", MODEL, uuid.uuid4())
    assert texts(edited)[:3] == ["Why is the sky blue?", "Because of Rayleigh.", "And at night?"]


@BOTH
def test_while_an_answer_runs_no_other_version_is_chosen(ann, edited, ann_client, headers):
    leaf = edited.leaf
    edited.regenerate(leaf, ann, MODEL, uuid.uuid4())
    with pytest.raises(AnswerRunning):
        edited.choose(leaf)
    response = ann_client.post(url("choice", leaf), headers=headers)
    assert response.status_code == 409
    assert "An answer is running." in response.content.decode()


def test_a_page_of_another_path_gets_what_stands_above_it_anew(ann, edited, answer, ann_client):
    for number in range(20):
        edited.send(ann, f"question {number}", MODEL, uuid.uuid4())
        answer(edited, "So it is.")
    shown = thread.newest(edited).messages[0].message
    first = edited.messages.get(text="Why is the sky blue?")
    edited.choose(first)
    parts = reverse("chat:messages", args=[edited.pk])
    html = ann_client.get(f"{parts}?first={shown.pk}&at={first.pk}", headers=HTMX).content.decode()
    assert 'hx-target="#before"' in html
    assert "Because of Rayleigh." in html
    assert "question 19" not in html


def test_a_page_of_the_same_path_keeps_what_stands_above_it(edited, ann_client):
    parts = reverse("chat:messages", args=[edited.pk])
    first = edited.leaf.parent_id
    html = ann_client.get(f"{parts}?first={first}&at={edited.leaf_id}", headers=HTMX)
    assert 'hx-target="#before"' not in html.content.decode()


def test_a_page_can_begin_at_a_message(ann, asked, answer, ann_client):
    for number in range(20):
        asked.send(ann, f"question {number}", MODEL, uuid.uuid4())
        answer(asked, "So it is.")
    there = asked.messages.get(text="question 2")
    html = ann_client.get(f"{asked.get_absolute_url()}?at={there.pk}").content.decode()
    assert "question 2<" in html
    assert "question 19" in html
    assert "question 1<" not in html
    assert f"?before={there.pk}" in html


@pytest.mark.parametrize("at", ["nonsense", "7b8e3fd6-6a4e-4dd5-a41a-0a5c7a4b5a11"])
def test_a_page_that_begins_nowhere_is_the_usual_one(asked, ann_client, at):
    response = ann_client.get(f"{asked.get_absolute_url()}?at={at}", follow=True)
    assert "Because of Rayleigh." in response.content.decode()


def test_the_versions_of_a_whole_page_cost_one_query(ann, server, django_assert_num_queries):
    conversation = Conversation.objects.create(owner=ann, title="Long", model_name=MODEL)
    parent = None
    for number in range(60):
        role = Role.ASSISTANT if number % 2 else Role.USER
        siblings = [
            Message.objects.create(conversation=conversation, parent=parent, role=role, text="x")
            for _ in range(3)
        ]
        parent = siblings[1]
    path = Message.objects.path_to(parent.pk, 30)
    with django_assert_num_queries(1):
        shown = thread.versions_of(conversation, path)
    assert {(each.number, each.count) for each in shown.values()} == {(2, 3)}
    assert len(shown) == 30
