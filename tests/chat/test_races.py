"""Two requests at once, in threads of their own against the real database."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.urls import reverse

from chat import thread
from chat.forks import fork
from chat.models import AnswerRunning, Conversation, Message
from inference.models import Run
from tests.chat.conftest import HTMX, MODEL

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def together(act):
    """Calls act(number) in several threads at one moment; what they returned or raised."""
    barrier = Barrier(AT_ONCE)

    def run(number):
        try:
            barrier.wait()
            return act(number)
        except (AnswerRunning, Conversation.DoesNotExist) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_of_several_questions_at_once_one_is_asked(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    results = together(lambda n: conversation.send(ann, f"question {n}", MODEL, uuid.uuid4()))
    assert sum(isinstance(result, Message) for result in results) == 1
    assert Run.objects.open().count() == 1
    assert conversation.messages.count() == 4


def test_a_double_click_sends_once(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    key = uuid.uuid4()
    results = together(lambda n: conversation.send(ann, "question", MODEL, key))
    assert len(set(results)) == 1
    assert conversation.messages.count() == 4


def test_a_double_click_begins_one_conversation(ann, server):
    key = uuid.uuid4()
    results = together(lambda n: Conversation.start(ann, "question", MODEL, key))
    assert len(set(results)) == 1
    assert Conversation.objects.count() == 1
    assert Run.objects.count() == 1


def test_of_several_edits_at_once_one_is_asked(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    question = conversation.leaf.parent
    results = together(
        lambda n: conversation.send(ann, f"words {n}", MODEL, uuid.uuid4(), instead_of=question)
    )
    assert sum(isinstance(result, Message) for result in results) == 1
    assert Run.objects.open().count() == 1
    assert conversation.messages.filter(parent=None).count() == 2


def test_a_question_and_a_deletion_at_once_leave_nothing_running(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)

    def act(number):
        mine = Conversation.objects.get(pk=conversation.pk)
        return mine.mark_deleted() if number % 2 else mine.send(ann, "Why?", MODEL, uuid.uuid4())

    results = together(act)
    assert results.count(True) == 1  # of two deletions
    assert not Conversation.objects.visible_to(ann).exists()
    assert not Run.objects.open().exists()


# What a tab may send while another does: the place and the message it is about.
TABS = {
    "send": ("messages", "talk"),
    "edit": ("revisions", "question"),
    "regenerate": ("regenerations", "answer"),
    "continue": ("continuations", "answer"),
    "choose": ("choice", "answer"),
    "delete": ("deletion", "talk"),
}


@pytest.mark.parametrize("one", TABS)
def test_two_tabs_at_once_leave_one_run_at_most_and_hear_of_it(
    one, ann, ask, answer, client_of, server
):
    clients = [client_of(ann, raise_request_exception=False) for _ in range(AT_ONCE)]
    for other in list(TABS)[list(TABS).index(one) :]:
        talk = ask(ann)
        answer(talk, "Because", Run.Status.STOPPED)
        of = {"talk": talk.pk, "question": talk.leaf.parent_id, "answer": talk.leaf_id}

        def act(number, tabs=(one, other), of=of):
            place, about = TABS[tabs[number % 2]]
            form = {"text": "And why?", "model": MODEL, "key": uuid.uuid4()}
            url = reverse(f"chat:{place}", args=[of[about]])
            return clients[number].post(url, form, headers=HTMX).status_code

        answers = together(act)
        assert set(answers) <= {200, 204, 404, 409}, (other, answers)
        open_runs = Run.objects.open().filter(subject__in=talk.messages.values("pk"))
        talk.refresh_from_db()
        asks = {one, other} & {"send", "edit", "regenerate", "continue"}
        assert open_runs.count() == (1 if asks and talk.deleted_at is None else 0), other
        assert ("delete" in (one, other)) == (talk.deleted_at is not None)
        assert talk.messages.filter(pk=talk.leaf_id).exists()
        for run in open_runs:
            run.request_stop()


def test_a_double_click_forks_once(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    leaf, key = conversation.leaf, uuid.uuid4()
    forks = together(lambda n: fork(Message.objects.get(pk=leaf.pk), ann, key))
    assert len(set(forks)) == 1
    assert Conversation.objects.count() == 2


def test_several_choices_at_once_leave_one_of_them(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    first = conversation.leaf
    second = conversation.regenerate(first, ann, MODEL, uuid.uuid4())
    answer(conversation)
    together(lambda n: conversation.choose((first, second)[n % 2]))
    conversation.refresh_from_db()
    assert conversation.leaf in (first, second)


def test_several_continue_at_once(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "Because", Run.Status.STOPPED)
    leaf = conversation.leaf
    together(lambda n: conversation.continue_(leaf, ann))
    assert Run.objects.open().count() == 1


def test_an_answer_that_ends_while_a_page_is_made_is_not_shown_as_empty(ann, ask, answer):
    asked = ask(ann)
    read = Conversation.objects.select_related("latest_run").get(pk=asked.pk)
    [last] = read.messages.filter(pk=read.leaf_id)
    last.conversation = read
    answer(asked)  # after the page has read the message, before it reads its run
    shown = thread.one(last)
    assert shown.state.is_open
    assert "Because of Rayleigh." in shown.snapshot.closed_html + shown.snapshot.open_html
