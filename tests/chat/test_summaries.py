"""From where on the model sees a conversation, and the summary that is sent in its place."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from chat import thread
from chat.models import Message, Summary
from chat.prompts import build
from chat.sent import sent_for
from chat.summaries import WANTED, sight_of
from inference import claims, queue
from inference.models import Model, Run
from tests.chat.conftest import HTMX, MODEL

LONG = "A sentence that takes some room in the window. " * 12


def claimed():
    """What the worker sends for the run that waits."""
    return claims.look("worker", timezone.now(), limit=10).claims[0].request.messages


def end(conversation, text, status=Run.Status.DONE):
    run = Run.objects.running().get()
    now = timezone.now()
    if text:
        queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, "", text)], now)
    queue.finish(run.pk, run.epoch, status, now=now)
    conversation.refresh_from_db()


@pytest.fixture
def long_talk(ann, ask):
    """A conversation of which the model sees only the last turns."""
    Model.objects.filter(name=MODEL).update(num_ctx=512)
    conversation = ask(ann, f"First. {LONG}")
    claimed()
    end(conversation, f"One. {LONG}")
    for word in ("Second", "Third"):
        conversation.send(ann, f"{word}. {LONG}", MODEL, uuid.uuid4())
        claimed()
        end(conversation, f"Answer to {word}. {LONG}")
    return conversation


@pytest.fixture
def summed_up(long_talk, ann, client_of):
    """The same with a summary of what fell out."""
    client_of(ann).post(reverse("chat:sum_up", args=[sight_of(long_talk).first_seen]))
    claimed()
    end(long_talk, "They greeted each other.")
    return long_talk


def page(client, conversation):
    return client.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()


def test_while_the_model_sees_all_there_is_no_line(ann, ask, client_of):
    conversation = ask(ann)
    claimed()
    end(conversation, "Because.")
    assert sight_of(conversation) is None
    assert 'id="sight"' not in page(client_of(ann), conversation)


def test_the_line_stands_before_the_first_message_that_was_sent(ann, long_talk, client_of):
    sight = sight_of(long_talk)
    first = Message.objects.get(pk=sight.first_seen)
    sent = sent_for(Message.objects.get(pk=long_talk.leaf_id))
    assert sent.messages[0]["content"] == first.text
    [shown] = [each for each in thread.newest(long_talk).messages if each.sight]
    assert shown.message.pk == first.pk
    assert "no longer fits into 512 tokens" in page(client_of(ann), long_talk)


def test_what_fell_out_is_summed_up_by_a_run_like_any_other(ann, long_talk, client_of):
    client = client_of(ann)
    client.post(reverse("chat:sum_up", args=[sight_of(long_talk).first_seen]))
    run = Run.objects.get(purpose=Run.Purpose.SUMMARY)
    assert (run.person, run.background) == (ann, False)
    assert "Being summed up" in page(client, long_talk)
    messages = claimed()
    assert messages[-1]["content"] == WANTED
    assert not any("Third" in each["content"] for each in messages)
    end(long_talk, " They greeted. ")
    assert Summary.objects.get().text == "They greeted."
    assert "gets a summary of what stands above" in page(client, long_talk)


def test_the_summary_is_sent_in_its_place(ann, summed_up):
    summed_up.send(ann, "Go on", MODEL, uuid.uuid4())
    messages = claimed()
    assert messages[0]["role"] == "system"
    assert messages[0]["content"].endswith("They greeted each other.")
    assert not any("First." in each["content"] for each in messages)
    assert messages[-1]["content"] == "Go on"
    end(summed_up, "Well.")
    shown = sent_for(Message.objects.get(pk=summed_up.leaf_id))
    assert shown.messages == messages
    assert shown.is_exact
    assert sight_of(summed_up) is not None


def test_of_two_the_one_that_reaches_further_is_sent(ann, summed_up):
    first = Summary.objects.get().up_to
    second = Message.objects.get(parent__parent=first)
    summed_up.summaries.create(up_to=second, text="They said more.", model_name=MODEL)
    summed_up.send(ann, "Go on", MODEL, uuid.uuid4())
    messages = claimed()
    assert messages[0]["content"].endswith("They said more.")
    assert not any("Second." in each["content"] for each in messages)


def test_one_that_is_still_written_takes_the_place_of_nothing(ann, ask):
    conversation = ask(ann, "First.")
    claimed()
    end(conversation, "One.")
    Summary.ask(conversation.leaf, ann, {})
    conversation.send(ann, "Go on", MODEL, uuid.uuid4())
    answer = conversation.leaf
    said = [each["content"] for each in build(answer.run).messages]
    assert said == ["First.", "One.", "Go on"]


def test_the_models_own_system_prompt_stays(ann, summed_up):
    Model.objects.filter(name=MODEL).update(system="You are a pirate.")
    summed_up.send(ann, "Go on", MODEL, uuid.uuid4())
    assert claimed()[0]["content"].startswith("You are a pirate.\n\nWhat was said before")


def test_a_changed_summary_is_what_is_sent(ann, summed_up, client_of):
    there = reverse("chat:summary", args=[Summary.objects.get().pk])
    client = client_of(ann)
    assert "They greeted" in client.get(there, headers=HTMX).content.decode()
    assert client.post(there, {"text": "They waved."}, headers=HTMX).content == b""
    summed_up.send(ann, "Go on", MODEL, uuid.uuid4())
    assert claimed()[0]["content"].endswith("They waved.")


def test_an_empty_summary_is_refused_at_the_field(ann, summed_up, client_of):
    there = reverse("chat:summary", args=[Summary.objects.get().pk])
    refused = client_of(ann).post(there, {"text": "  "})
    assert refused.status_code == 422
    assert "Write what the model is to know." in refused.content.decode()
    assert Summary.objects.get().text == "They greeted each other."


def test_a_summary_that_failed_says_so_and_changes_nothing(ann, summed_up, client_of):
    client_of(ann).post(reverse("chat:sum_up", args=[sight_of(summed_up).first_seen]))
    claimed()
    end(summed_up, "Half of", Run.Status.STOPPED)
    assert Summary.objects.get().text == "They greeted each other."
    assert "Stopped." in page(client_of(ann), summed_up)


def test_summing_up_is_stopped_by_its_owner_alone(ann, eve, long_talk, client_of):
    client_of(ann).post(reverse("chat:sum_up", args=[sight_of(long_talk).first_seen]))
    claimed()
    run = Run.objects.get(purpose=Run.Purpose.SUMMARY)
    there = reverse("chat:cancellation", args=[run.pk])
    assert there in page(client_of(ann), long_talk)
    assert client_of(eve).post(there, headers=HTMX).status_code == 404
    run.refresh_from_db()
    assert not run.stop_requested
    assert client_of(ann).post(there, headers=HTMX).status_code == 204
    run.refresh_from_db()
    assert run.stop_requested
    assert client_of(ann).post(there).url == Summary.objects.get().up_to.get_absolute_url()


def test_asked_twice_it_is_one_run(ann, long_talk, client_of):
    there = reverse("chat:sum_up", args=[sight_of(long_talk).first_seen])
    for _ in range(2):
        client_of(ann).post(there)
    assert Run.objects.filter(purpose=Run.Purpose.SUMMARY).count() == 1


def test_a_version_that_left_the_path_before_has_no_part_in_it(ann, summed_up):
    first = summed_up.messages.get(parent=None)
    summed_up.send(ann, "Another beginning", MODEL, uuid.uuid4(), instead_of=first)
    assert claimed() == [{"role": "user", "content": "Another beginning"}]


def test_nothing_above_is_said(ann, ask, client_of):
    conversation = ask(ann)
    claimed()
    end(conversation, "Because.")
    first = conversation.messages.get(parent=None)
    refused = client_of(ann).post(reverse("chat:sum_up", args=[first.pk]), headers=HTMX)
    assert refused.status_code == 422


def test_eve_finds_nothing(eve, summed_up, client_of):
    client = client_of(eve)
    sum_up = reverse("chat:sum_up", args=[sight_of(summed_up).first_seen])
    there = reverse("chat:summary", args=[Summary.objects.get().pk])
    assert client.post(sum_up).status_code == 404
    assert client.get(there).status_code == 404
    assert client.post(there, {"text": "mine"}).status_code == 404


def test_it_goes_with_its_conversation(summed_up):
    summed_up.delete()
    assert not Summary.objects.exists()
