"""The title that a model gives after the first answer."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chat import titles
from chat.models import Conversation
from inference import prompts, queue
from inference.models import Run
from tests.chat.conftest import HTMX

EXACTLY = "Write a title of at most five words for this conversation. Answer with the title only."


@pytest.fixture(autouse=True)
def _titles_are_wanted(settings):
    settings.TITLES = True


@pytest.fixture
def give_title():
    """A function: ends the title's run of a conversation as a worker would; returns the run."""

    def end(conversation, text, status=Run.Status.DONE):
        now = timezone.now()
        [run] = queue.claim("worker", now, purposes=[Run.Purpose.TITLE])
        assert run.subject == conversation.pk
        if text:
            queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, "", text)], now)
        queue.finish(run.pk, run.epoch, status, now=now + timedelta(seconds=1))
        conversation.refresh_from_db()
        return run

    return end


def wanted():
    return list(Run.objects.filter(purpose=Run.Purpose.TITLE))


def test_the_model_that_answered_is_asked_in_the_background(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    [run] = wanted()
    assert (run.person, run.model_name, run.subject) == (ann, "pip:latest", conversation.pk)
    assert run.background
    assert run.audience is None
    said = prompts.build(run).messages
    assert [each["role"] for each in said] == ["user", "assistant", "user"]
    assert said[0]["content"] == "Why is the sky blue?"
    assert said[1]["content"] == "Because of Rayleigh."
    assert said[2]["content"] == EXACTLY


def test_of_long_messages_the_beginning_is_read(ann, ask, answer):
    conversation = ask(ann, "why " * 10_000)
    answer(conversation, "so " * 10_000)
    said = prompts.build(wanted()[0]).messages
    assert [len(each["content"]) for each in said[:2]] == [titles.LONGEST, titles.LONGEST]


def test_it_waits_as_long_as_somebody_waits_for_the_model(ann, bob, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    ask(bob)
    [first] = queue.claim("worker", timezone.now(), purposes=list(Run.Purpose))
    assert first.person == bob


def test_the_title_is_taken(ann, ask, answer, give_title, client_of):
    conversation = ask(ann)
    answer(conversation)
    give_title(conversation, "Why the Sky Is Blue")
    assert (conversation.title, conversation.title_source) == ("Why the Sky Is Blue", "model")
    assert "Why the Sky Is Blue" in client_of(ann).get("/conversations/", headers=HTMX).text


def test_a_title_by_a_person_stays(ann, ask, answer, give_title):
    conversation = ask(ann)
    answer(conversation)
    conversation.rename("My own")
    give_title(conversation, "Another one")
    assert (conversation.title, conversation.title_source) == ("My own", "person")


def test_nobody_is_asked_where_a_person_was_quicker(ann, ask, answer):
    conversation = ask(ann)
    conversation.rename("My own")
    answer(conversation)
    assert not wanted()


def test_only_the_first_answer_asks_for_one(ann, ask, answer, give_title):
    conversation = ask(ann)
    answer(conversation)
    give_title(conversation, "Blue Sky")
    conversation.send(ann, "And green?", "pip:latest", uuid.uuid4())
    answer(conversation, "No.")
    assert len(wanted()) == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [("", Run.Status.DONE), ("Half an ans", Run.Status.STOPPED), ("", Run.Status.FAILED)],
)
def test_an_answer_that_is_none_asks_for_none(ann, ask, answer, text, status):
    answer(ask(ann), text, status)
    assert not wanted()


@pytest.mark.parametrize("status", [Run.Status.FAILED, Run.Status.STOPPED, Run.Status.INTERRUPTED])
def test_a_title_that_fails_changes_nothing(ann, ask, answer, give_title, status):
    conversation = ask(ann)
    answer(conversation)
    give_title(conversation, "Half a tit", status)
    assert (conversation.title, conversation.title_source) == ("Why is the sky blue?", "words")


def test_a_conversation_that_is_gone_gets_none(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    conversation.mark_deleted()
    now = timezone.now()
    [run] = queue.claim("worker", now, purposes=[Run.Purpose.TITLE])
    queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, "", "Late")], now)
    Conversation.objects.get(pk=conversation.pk).delete()
    queue.finish(run.pk, run.epoch, Run.Status.DONE, now=now)
    assert not Conversation.objects.exists()


def test_the_setting_turns_it_off(ann, ask, answer, settings):
    settings.TITLES = False
    answer(ask(ann))
    assert not wanted()


def test_it_does_not_think_where_that_can_be_helped(ann, ask, answer, server):
    model = server.models.get(name="pip:latest")
    model.capabilities = ["completion", "thinking"]
    model.save()
    answer(ask(ann))
    assert wanted()[0].parameters == {"options": {"num_predict": 40}, "think": False}
    Run.objects.all().delete()
    model.family = "gptoss"
    model.save()
    answer(ask(ann))
    assert wanted()[0].parameters == {"options": {"num_predict": 1000}, "think": "low"}


def test_it_has_the_context_of_the_answer(ann, ask, answer):
    conversation = ask(ann)
    Run.objects.update(parameters={"options": {"num_ctx": 8192, "temperature": 0.1}})
    answer(conversation)
    assert wanted()[0].parameters == {"options": {"num_predict": 40, "num_ctx": 8192}}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Blue Sky", "Blue Sky"),
        ('"Blue Sky"', "Blue Sky"),
        ("“Blue Sky”.", "Blue Sky"),
        ("«Ciel bleu»", "Ciel bleu"),
        ("「青い空」", "青い空"),
        ("**Blue Sky**", "Blue Sky"),
        ("# Blue Sky", "Blue Sky"),
        ("Title: Blue Sky", "Blue Sky"),
        ("**Title:** *Blue Sky*", "Blue Sky"),
        ("Titel: Blauer Himmel", "Blauer Himmel"),
        ("Here is the title: Blue Sky", "Blue Sky"),
        ('Sure! Here is one for this conversation:\n\n"Blue Sky"', "Blue Sky"),
        ("Colours:", "Colours"),
        ('{"title": "Blue Sky"}', "Blue Sky"),
        ("Subtitles: a guide", "Subtitles: a guide"),
        ("1. Blue Sky", "Blue Sky"),
        ("- [Blue Sky](http://evil.example)", "Blue Sky"),
        ("\n\n  Blue   Sky \n\nBecause it is about the sky.", "Blue Sky"),
        ("<think>What could\nit be?</think>\nBlue Sky", "Blue Sky"),
        ("<think>What could it", ""),
        ("```\nBlue Sky\n```", "Blue Sky"),
        ("Why is it blue?", "Why is it blue?"),
        ("Blue\0 Sky", "Blue Sky"),
        ("C++ and `std::move`", "C++ and std::move"),
        ("…", ""),
        ("", ""),
        ("word " * 100, "word word word word word word word word word word word word …"),
        ("<b>Blue</b>", "<b>Blue</b>"),
    ],
)
def test_a_title_is_cleaned_and_cut(text, title):
    assert titles.title_in(text) == title
    assert len(titles.title_in(text)) <= 62


@pytest.mark.timeout(20)
@pytest.mark.parametrize("sign", ["!", "[", " ", "<think>", "* "])
def test_a_model_that_writes_signs_without_end_holds_up_nothing(sign):
    assert titles.title_in(sign * 200_000) == ""


@pytest.mark.timeout(20)
def test_a_title_is_found_after_long_thoughts_and_much_space():
    text = f"<think>{'Hm. ' * 100_000}</think>{' ' * 100_000}\nBlue sky"
    assert titles.title_in(text) == "Blue sky"


def test_a_conversation_that_is_deleted_meanwhile_keeps_its_title(ann, ask):
    conversation = ask(ann)
    conversation.mark_deleted()
    assert not conversation.take_title("Late")
    conversation.refresh_from_db()
    assert conversation.title == "Why is the sky blue?"
