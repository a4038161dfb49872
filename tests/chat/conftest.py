import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation
from inference import queue
from inference.models import Run
from tests.factories import a_server

MODEL = "pip:latest"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def server(db):
    """A server with one model that everybody may use."""
    return a_server(MODEL, "pip-think:latest")


@pytest.fixture
def ask(server):
    """A function: begins a conversation of a person, whose answer then waits in the line."""

    def start(person, text="Why is the sky blue?") -> Conversation:
        return Conversation.start(person, text, MODEL, uuid.uuid4())

    return start


@pytest.fixture
def answer():
    """A function: ends a conversation's answer as a worker would."""

    def end(
        conversation, text="Because of Rayleigh.", status=Run.Status.DONE, thinking="", **fields
    ) -> None:
        now = timezone.now()
        [run] = queue.claim("worker", now, purposes=[Run.Purpose.ANSWER])
        assert run.audience == conversation.pk
        if text or thinking:
            queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, thinking, text)], now)
        queue.finish(run.pk, run.epoch, status, now=now + timedelta(seconds=1), **fields)
        conversation.refresh_from_db()

    return end


@pytest.fixture
def tell(ask, answer):
    """A function: a conversation of a person with a question and an answer."""

    def start(person, question="Why is the sky blue?", text="Because of Rayleigh."):
        conversation = ask(person, question)
        answer(conversation, text)
        return conversation

    return start
