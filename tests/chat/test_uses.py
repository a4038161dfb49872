"""What the chat would miss if a model were gone."""

from datetime import timedelta

from django.utils import timezone

from chat import uses
from chat.models import Conversation
from tests.chat.conftest import MODEL


def test_nothing_where_nobody_goes_on_with_it(ann, ask):
    ask(ann)
    assert uses.conversations("pip-think:latest") == []


def test_says_how_many_of_how_many_people_and_not_which(ann, bob, ask):
    for person in (ann, ann, bob):
        ask(person, "Secret plans")
    [said] = uses.conversations(MODEL)
    assert said == "3 conversations of the last 30 days go on with it, of 2 people."


def test_those_that_are_deleted_or_long_over_do_not_count(ann, bob, ask):
    ask(ann).mark_deleted()
    over = ask(ann)
    long_ago = timezone.now() - timedelta(days=31)
    Conversation.objects.filter(pk=over.pk).update(updated_at=long_ago)
    assert uses.conversations(MODEL) == []
    ask(bob)
    [said] = uses.conversations(MODEL)
    assert said == "1 conversation of the last 30 days goes on with it, of 1 person."
