"""An answer by a model that could not see says so."""

import uuid

import pytest
from django.utils import timezone

from chat.models import Message
from inference import claims, queue
from inference.models import Run
from inference.ollama import Usage
from tests.chat.conftest import MODEL


@pytest.fixture
def answered(client_of, start):
    """A function: has the waiting run answered; the page as its owner sees it."""

    def end(conversation) -> str:
        now = timezone.now()
        [claim] = claims.look("worker", now, limit=10).claims
        usage = Usage(30, 5, 1, 1, 1, 1)
        queue.finish(claim.run.pk, claim.run.epoch, Run.Status.DONE, now=now, usage=usage)
        page = client_of(conversation.owner).get(conversation.get_absolute_url())
        return page.content.decode()

    return end


def test_it_is_told_beside_the_answer(ann, image, start, answered):
    conversation = start(ann, image)
    assert "not seen" not in answered(conversation)
    answer = Message.objects.get(conversation=conversation, run__isnull=False)

    conversation.regenerate(answer, ann, MODEL, uuid.uuid4())
    assert "1 image not seen" in answered(conversation)


def test_texts_are_seen_by_all(ann, table, start, answered):
    assert "not seen" not in answered(start(ann, table, model=MODEL))
