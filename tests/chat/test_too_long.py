"""Where Ollama may leave out what is longer than we reckoned, and where it is to say so."""

import uuid

from django.utils import timezone

from inference import claims
from inference.models import Run
from tests.chat.conftest import MODEL


def may_be_cut() -> bool | None:
    """What Ollama is told with the run that waits; None: nothing, and it cuts."""
    [claim] = claims.look("worker", timezone.now(), limit=10).claims
    return claim.request.body().get("truncate")


def test_a_question_without_a_history_is_answered_whole_or_not(ann, ask):
    ask(ann)
    assert may_be_cut() is False


def test_of_a_history_the_oldest_may_be_left_out(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation)
    conversation.send(ann, "And at dusk?", MODEL, uuid.uuid4())
    assert may_be_cut() is None


def test_a_continue_goes_on_as_far_as_ollama_takes_it(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, status=Run.Status.STOPPED)
    conversation.continue_(conversation.leaf, ann)
    assert may_be_cut() is None
