"""How full the context is, from what Ollama counted last on the path that is shown."""

import uuid

from chat.gauge import LOOK_BACK
from chat.models import Message
from inference.ollama import Usage
from tests.chat.conftest import MODEL


def counted(prompt: int, answer: int) -> Usage:
    return Usage(prompt, answer, 1, 1, 1, 1)


def test_nothing_is_known_before_an_answer_was_counted(ann, ask, answer):
    conversation = ask(ann)
    assert Message.objects.tokens_at(conversation.leaf_id, LOOK_BACK) is None
    answer(conversation)
    assert Message.objects.tokens_at(conversation.leaf_id, LOOK_BACK) is None


def test_the_last_answer_that_was_counted_says_it(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, usage=counted(30, 12))
    conversation.send(ann, "And at dusk?", MODEL, uuid.uuid4())
    assert Message.objects.tokens_at(conversation.leaf_id, LOOK_BACK) == 42
    answer(conversation, usage=counted(70, 5))
    assert Message.objects.tokens_at(conversation.leaf_id, LOOK_BACK) == 75


def test_looks_back_so_far_and_no_further(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, usage=counted(30, 12))
    conversation.send(ann, "And at dusk?", MODEL, uuid.uuid4())
    assert Message.objects.tokens_at(conversation.leaf_id, 3) == 42
    assert Message.objects.tokens_at(conversation.leaf_id, 2) is None
