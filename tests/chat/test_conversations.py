"""The verbs of conversations and messages."""

import uuid

import pytest
from django.urls import reverse

from chat.models import AnswerRunning, Conversation, Message, Role
from chat.prompts import build
from inference.models import Run
from tests.chat.conftest import HTMX, MODEL


def path(conversation):
    return [message.text for message in Message.objects.path_to(conversation.leaf_id)]


def test_start_asks_the_first_question(ann, ask):
    conversation = ask(ann, "Why is the sky blue?")
    assert conversation.title == "Why is the sky blue?"
    assert path(conversation) == ["Why is the sky blue?", ""]
    run = conversation.leaf.run
    assert (run.status, run.subject, run.audience) == (
        "queued",
        conversation.leaf_id,
        conversation.pk,
    )
    assert (run.person, run.model_name, run.purpose) == (ann, MODEL, "answer")


def test_start_twice_with_one_key_is_one_conversation(ann, server):
    key = uuid.uuid4()
    first = Conversation.start(ann, "Hello", MODEL, key)
    assert Conversation.start(ann, "Hello", MODEL, key) == first
    assert Conversation.objects.count() == 1


def test_an_old_key_with_another_text_is_another_question(ann, server):
    key = uuid.uuid4()
    first = Conversation.start(ann, "Hello", MODEL, key)
    assert Conversation.start(ann, "Good bye", MODEL, key) != first


def test_two_people_may_have_the_same_key(ann, bob, server):
    key = uuid.uuid4()
    assert Conversation.start(ann, "Hello", MODEL, key).owner == ann
    assert Conversation.start(bob, "Hello", MODEL, key).owner == bob


def test_send_adds_to_the_path(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    conversation.send(ann, "And at night?", MODEL, uuid.uuid4())
    assert path(conversation) == [
        "Why is the sky blue?",
        "Because of Rayleigh.",
        "And at night?",
        "",
    ]


def test_send_twice_with_one_key_is_there_once(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    key = uuid.uuid4()
    first = conversation.send(ann, "And at night?", MODEL, key)
    assert conversation.send(ann, "And at night?", MODEL, key) == first
    assert conversation.messages.count() == 4


def test_send_is_refused_while_an_answer_is_due(ann, ask):
    conversation = ask(ann)
    with pytest.raises(AnswerRunning):
        conversation.send(ann, "Hurry", MODEL, uuid.uuid4())
    assert conversation.messages.count() == 2


def test_regenerate_makes_a_sibling(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    first = conversation.leaf
    second = conversation.regenerate(first, ann, "pip-think:latest", uuid.uuid4())
    assert second.parent == first.parent
    assert (second.model_name, conversation.leaf) == ("pip-think:latest", second)
    first.refresh_from_db()
    assert first.text == "Because of Rayleigh."


def test_regenerate_twice_with_one_key_is_one_answer(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    first, key = conversation.leaf, uuid.uuid4()
    second = conversation.regenerate(first, ann, MODEL, key)
    assert conversation.regenerate(first, ann, MODEL, key) == second


def test_continue_goes_on_in_the_same_message(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "Because of ", Run.Status.STOPPED)
    stopped = conversation.leaf
    conversation.continue_(stopped, ann)
    answer(conversation, "Rayleigh.")
    stopped.refresh_from_db()
    assert stopped.text == "Because of Rayleigh."
    assert conversation.leaf == stopped


def test_continue_of_thoughts_alone_thinks_anew(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "", Run.Status.STOPPED, thinking="Two")
    conversation.continue_(conversation.leaf, ann)
    answer(conversation, "Four.", thinking="Two and two.")
    assert (conversation.leaf.thinking, conversation.leaf.text) == ("Two and two.", "Four.")


def test_continue_keeps_the_thoughts_that_led_to_the_text(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "Fo", Run.Status.STOPPED, thinking="Two and two.")
    conversation.continue_(conversation.leaf, ann)
    answer(conversation, "ur.")
    assert (conversation.leaf.thinking, conversation.leaf.text) == ("Two and two.", "Four.")


def test_continue_twice_goes_on_once(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "Because", Run.Status.STOPPED)
    conversation.continue_(conversation.leaf, ann)
    conversation.continue_(conversation.leaf, ann)
    assert Run.objects.open().count() == 1


def test_an_ended_run_leaves_its_text_rendered(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "Because of *Rayleigh*.")
    assert conversation.leaf.text == "Because of *Rayleigh*."
    assert "Rayleigh" in conversation.leaf.html
    assert conversation.answered_at is not None


@pytest.mark.parametrize("status", [Run.Status.FAILED, Run.Status.STOPPED, Run.Status.INTERRUPTED])
def test_text_is_kept_however_the_run_ends(ann, ask, answer, status):
    conversation = ask(ann)
    answer(conversation, "Because", status)
    assert conversation.leaf.text == "Because"


def test_a_run_taken_out_of_the_line_leaves_an_empty_answer(ann, ask):
    conversation = ask(ann)
    conversation.leaf.run.request_stop()
    conversation.refresh_from_db()
    assert (conversation.leaf.text, conversation.leaf.run.status) == ("", "stopped")


def test_deleting_hides_it_and_stops_its_run(ann, ask):
    conversation = ask(ann)
    assert conversation.mark_deleted()
    assert not Conversation.objects.visible_to(ann).exists()
    assert not Message.objects.visible_to(ann).exists()
    assert Run.objects.get().status == Run.Status.STOPPED
    assert not conversation.mark_deleted()


def test_restoring_shows_it_again(ann, ask):
    conversation = ask(ann)
    conversation.mark_deleted()
    assert conversation.restore()
    assert Conversation.objects.visible_to(ann).get() == conversation
    assert not conversation.restore()


def test_it_is_seen_by_its_owner_alone(ann, bob, ask):
    ask(ann)
    assert not Conversation.objects.visible_to(bob).exists()


@pytest.mark.parametrize("whole", [True, False])
def test_what_comes_into_a_page_that_nobody_sees_stays_news(ann, ask, answer, client_of, whole):
    conversation = ask(ann)
    answer(conversation)
    client = client_of(ann)
    name, pk = ("messages", conversation.pk) if whole else ("message", conversation.leaf_id)
    for query, is_ready in (("?unseen=1", True), ("", False)):
        shown = client.get(reverse(f"chat:{name}", args=[pk]) + query, headers=HTMX)
        assert shown.status_code == 200
        conversation.refresh_from_db()
        assert conversation.is_ready == is_ready


def test_it_is_ready_until_the_owner_looks(ann, ask, answer):
    conversation = ask(ann)
    assert not conversation.is_ready
    answer(conversation)
    assert conversation.is_ready
    conversation.mark_seen()
    conversation.refresh_from_db()
    assert not conversation.is_ready


def test_a_path_is_read_from_its_end(ann, ask, answer):
    conversation = ask(ann, "one")
    answer(conversation, "two")
    conversation.send(ann, "three", MODEL, uuid.uuid4())
    assert path(conversation) == ["one", "two", "three", ""]
    end = Message.objects.path_to(conversation.leaf_id, 2)
    assert [message.text for message in end] == ["three", ""]


def test_the_prompt_is_the_path_to_the_question(ann, ask, answer, django_assert_max_num_queries):
    conversation = ask(ann, "one")
    answer(conversation, "two")
    conversation.send(ann, "three", MODEL, uuid.uuid4())
    run = conversation.leaf.run
    with django_assert_max_num_queries(3):  # the answer, its path, and whether that was summed up
        prompt = build(run)
    assert prompt.messages == [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "two"},
        {"role": "user", "content": "three"},
    ]
    assert prompt.before == ""


def test_the_prompt_leaves_out_answers_that_failed_and_thoughts(ann, ask, answer):
    conversation = ask(ann, "one")
    answer(conversation, "", Run.Status.FAILED)
    Message.objects.filter(role=Role.ASSISTANT).update(thinking="hm")
    conversation.send(ann, "two", MODEL, uuid.uuid4())
    assert build(conversation.leaf.run).messages == [
        {"role": "user", "content": "one"},
        {"role": "user", "content": "two"},
    ]


def test_the_prompt_of_continue_ends_with_the_answer_cut_before_a_space(ann, ask, answer):
    conversation = ask(ann, "one")
    answer(conversation, "two is\n", Run.Status.STOPPED)
    conversation.continue_(conversation.leaf, ann)
    prompt = build(Run.objects.open().get())
    assert prompt.messages[-1] == {"role": "assistant", "content": "two is"}
    assert prompt.before == "two is\n"
