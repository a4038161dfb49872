"""What was sent for an answer, put together again."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Message
from chat.sent import sent_for
from inference import claims, queue
from inference.models import Model, Run
from tests.chat.conftest import HTMX, MODEL


@pytest.fixture
def work(ask):
    """A function: claims the runs that wait as a worker does; the messages that it would send."""

    def claim():
        found = claims.look("worker", timezone.now(), limit=10)
        return found.claims[0].request.messages

    return claim


@pytest.fixture
def end():
    """A function: ends the run that is running with this text."""

    def finish(conversation, text, status=Run.Status.DONE):

        run = Run.objects.running().get()
        now = timezone.now()
        queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, "", text)], now)
        queue.finish(run.pk, run.epoch, status, now=now)
        conversation.refresh_from_db()

    return finish


def shown(conversation):
    conversation.refresh_from_db()
    return sent_for(Message.objects.get(pk=conversation.leaf_id))


def test_it_is_exactly_what_the_worker_sent(ann, ask, work, end):
    conversation = ask(ann)
    work()
    end(conversation, "Because.")
    conversation.send(ann, "And at night?", MODEL, uuid.uuid4())
    asked = work()
    end(conversation, "It is dark.")
    assert shown(conversation).messages == asked
    assert shown(conversation).is_exact


def test_a_continue_went_on_from_the_text_of_then(ann, ask, work, end):
    conversation = ask(ann)
    work()
    end(conversation, "Because of ", Run.Status.STOPPED)
    conversation.continue_(conversation.leaf, ann)
    asked = work()
    end(conversation, "Rayleigh.")
    assert asked[-1] == {"role": "assistant", "content": "Because of"}
    assert shown(conversation).messages == asked
    assert shown(conversation).is_exact


def test_what_no_longer_fitted_is_left_out(ann, ask, work, end):
    Model.objects.update(num_ctx=600)
    conversation = ask(ann, "long " * 200)
    work()
    end(conversation, "Because.")
    conversation.send(ann, "short " * 150, MODEL, uuid.uuid4())
    asked = work()
    end(conversation, "Yes.")
    found = shown(conversation)
    assert found.cut == 2
    assert found.messages == asked
    assert found.is_exact


def test_what_was_changed_since_is_not_called_exact(ann, ask, work, end):
    conversation = ask(ann)
    work()
    end(conversation, "Because.")
    Message.objects.filter(parent=None).update(text="Something else")
    assert not shown(conversation).is_exact


def test_options_are_listed_with_the_thinking_that_was_asked_for(ann, ask, work, end):
    conversation = ask(ann)
    Model.objects.update(capabilities=["completion", "thinking"])
    Run.objects.update(parameters={"options": {"temperature": 0.2}, "think": False})
    work()
    end(conversation, "Because.")
    assert dict(shown(conversation).options) == {"temperature": "0.2", "think": "false"}


def test_thinking_is_not_listed_where_it_was_not_sent(ann, ask, work, end):
    conversation = ask(ann)
    Run.objects.update(parameters={"think": True})
    work()
    end(conversation, "Because.")
    assert shown(conversation).options == []


def test_nothing_is_known_before_it_was_sent(ann, ask):
    assert shown(ask(ann)) is None


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_it_is_shown_as_a_dialog_or_a_page(ann, ask, work, end, client_of, headers):
    conversation = ask(ann, "Why <b>blue</b>?")
    work()
    end(conversation, "Because.")
    url = reverse("chat:sent", args=[conversation.leaf_id])
    html = client_of(ann).get(url, headers=headers).content.decode()
    assert "Why &lt;b&gt;blue&lt;/b&gt;?" in html
    assert f"One message to {MODEL}." in html
    assert ("<show-dialog" in html) == bool(headers)
    assert ("<html" in html) != bool(headers)


def test_the_menu_offers_it_where_something_was_sent(ann, ask, work, end, client_of):
    conversation = ask(ann)
    work()
    end(conversation, "Because.")
    html = client_of(ann).get(conversation.get_absolute_url()).content.decode()
    assert "What was sent</span>" in html
