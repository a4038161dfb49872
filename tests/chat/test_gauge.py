"""How full the context is, from what Ollama counted last on the path that is shown."""

import uuid

from chat.gauge import LOOK_BACK, gauge_of
from chat.models import Message
from inference.models import Run
from inference.ollama import Usage
from tests.chat.conftest import MODEL


def counted(prompt: int, answer: int) -> Usage:
    return Usage(prompt, answer, 1, 1, 1, 1)


def tokens_at(conversation, look_back=LOOK_BACK):
    found = Message.objects.counted_at(conversation.leaf_id, look_back)
    return found and found.tokens


def test_nothing_is_known_before_an_answer_was_counted(ann, ask, answer):
    conversation = ask(ann)
    assert tokens_at(conversation) is None
    answer(conversation)
    assert tokens_at(conversation) is None


def test_the_last_answer_that_was_counted_says_it(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, usage=counted(30, 12))
    conversation.send(ann, "And at dusk?", MODEL, uuid.uuid4())
    assert tokens_at(conversation) == 42
    answer(conversation, usage=counted(70, 5))
    assert tokens_at(conversation) == 75


def test_looks_back_so_far_and_no_further(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, usage=counted(30, 12))
    conversation.send(ann, "And at dusk?", MODEL, uuid.uuid4())
    assert tokens_at(conversation, 3) == 42
    assert tokens_at(conversation, 2) is None


def test_what_was_not_counted_is_reckoned_up_and_said_to_be_about(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, usage=counted(30, 12))
    gauge = gauge_of(conversation, None, {"options": {"num_ctx": 4096}})
    assert gauge.words == "42 of 4 k tokens"
    conversation.send(ann, "And at dusk?", MODEL, uuid.uuid4())
    answer(conversation, text="word " * 700, status=Run.Status.STOPPED)
    gauge = gauge_of(conversation, None, {"options": {"num_ctx": 4096}})
    assert gauge.words == "about 1.1 k of 4 k tokens"
    assert gauge_of(conversation, None, {}).words == "about 1.1 k tokens in context"
