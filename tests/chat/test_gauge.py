"""How full the context is, from what Ollama counted last on the path that is shown."""

import uuid

from chat.gauge import LOOK_BACK, gauge_of
from chat.models import Message
from inference.models import Model, Run
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


def test_thoughts_are_not_counted_as_they_are_not_sent_back(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "2+2 equals 4.", thinking="t" * 39, usage=counted(30, 40))
    gauge = gauge_of(conversation, None, {"options": {"num_ctx": 4096}})
    assert gauge.used == 30 + 10
    assert gauge.is_estimate


def test_of_an_answer_that_was_gone_on_with_no_thoughts_were_counted(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, "2+2", Run.Status.STOPPED, thinking="t" * 39)
    conversation.continue_(conversation.leaf, ann)
    answer(conversation, " equals 4.", usage=counted(40, 6))
    assert tokens_at(conversation) == 46


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
    assert gauge.used == 42 + (4 + 6) + (1000 + 6)  # each with what the template puts around it
    assert gauge_of(conversation, None, {}).words == "about 1.1 k tokens in context"


def test_images_are_reckoned_up_as_the_model_that_is_chosen_has_them(ann, ask, answer):
    conversation = ask(ann)
    answer(conversation, usage=counted(30, 12))
    conversation.send(ann, "", MODEL, uuid.uuid4())
    question = conversation.leaf.parent
    for kind in ("image", "image", "text"):
        question.attachments.create(
            owner=ann, kind=kind, name=kind, media_type="", size=1, tokens=1000, sha256=""
        )
    Message.objects.filter(pk=question.pk).update(attachment_count=3)
    Model.objects.update(image_tokens=256.4, num_ctx=4096)
    gauge = gauge_of(conversation, Model.objects.choice(MODEL), {})
    assert gauge.image == 256
    assert 42 + 1000 + 2 * 256 <= gauge.used < 42 + 1000 + 2 * 256 + 20
    assert gauge_of(conversation, None, {}).used >= 3042


def test_a_size_that_is_asked_for_is_at_most_what_the_model_was_trained_for(ask, ann):
    conversation = ask(ann)
    Model.objects.update(context_length=1536)
    choice = Model.objects.choice(MODEL)
    assert gauge_of(None, choice, {}).words == "Context not known yet"
    assert gauge_of(None, choice, {"options": {"num_ctx": 8192}}).size == 1536
    assert gauge_of(conversation, None, {"options": {"num_ctx": 8192}}).size == 8192
