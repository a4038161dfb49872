"""A temporary chat is never listed, and goes when it is closed."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat import erasing
from chat.exporting import archive
from chat.forks import fork
from chat.models import Conversation
from chat.models.lifespan import CLOSED, UNSEEN
from chat.organising import Chosen
from chat.search import find, parse
from inference.models import Run
from tests.chat.conftest import HTMX, MODEL


@pytest.fixture
def ann_client(ann, client_of):
    return client_of(ann)


@pytest.fixture
def hush(ann, server, answer):
    """A temporary conversation of Ann's, answered."""
    conversation = Conversation.start(ann, "Hush now", MODEL, uuid.uuid4(), is_temporary=True)
    answer(conversation)
    return conversation


def erased(now):
    erasing.stop_runs(now)
    while erasing.erase_some(now):
        pass
    return not Conversation.objects.exists()


def test_the_page_begins_one(ann, server, ann_client):
    page = ann_client.get("/?temporary=1").content.decode()
    assert "Temporary chat" in page
    assert 'action="/conversations/?temporary=1"' in page
    ann_client.post("/conversations/?temporary=1", {"text": "Hush", "model": MODEL})
    assert Conversation.objects.get().is_temporary


def test_what_was_refused_stays_temporary(ann, server, ann_client):
    response = ann_client.post("/conversations/?temporary=1", {"text": ""}, headers=HTMX)
    assert response.status_code == 422
    assert 'action="/conversations/?temporary=1"' in response.content.decode()


def test_it_says_plainly_what_it_is(hush, ann_client):
    page = ann_client.get(hush.get_absolute_url()).content.decode()
    assert "It stands in no list and is erased soon after you close this page." in page


def test_it_is_listed_nowhere(ann, hush, ann_client):
    assert "Hush" not in ann_client.get("/conversations/", headers=HTMX).content.decode()
    assert "Hush" not in ann_client.get("/conversations/listed/").content.decode()
    found = find(ann, parse("hush"))
    assert (found.titles, found.messages) == ([], [])
    assert archive.ids_of(ann.pk) == []


def test_it_stands_in_no_folder(ann, hush):
    chosen = Chosen(ann, [hush.pk])
    assert [chosen.pin(), chosen.archive(), chosen.tag(["x"]), chosen.delete()] == [0, 0, 0, 0]


def test_it_goes_once_its_page_was_left(hush, ann_client):
    url = reverse("chat:presence", args=[hush.pk])
    assert ann_client.post(url, {"closed": "1"}).status_code == 204
    assert not erased(timezone.now())
    assert erased(timezone.now() + CLOSED)


def test_a_reload_does_not_lose_it(hush, ann_client):
    ann_client.post(reverse("chat:presence", args=[hush.pk]), {"closed": "1"})
    ann_client.get(hush.get_absolute_url())
    assert not erased(timezone.now() + CLOSED)


def test_a_page_that_says_it_is_there_keeps_it(hush, ann_client):
    Conversation.objects.update(erase_at=timezone.now() + timedelta(seconds=5))
    ann_client.post(reverse("chat:presence", args=[hush.pk]))
    assert not erased(timezone.now() + CLOSED)


def test_it_goes_though_no_page_said_good_bye(hush):
    assert erased(timezone.now() + UNSEEN)


def test_its_answer_is_stopped_before_it_goes(ann, server):
    Conversation.start(ann, "Hush", MODEL, uuid.uuid4(), is_temporary=True)
    assert erased(timezone.now() + UNSEEN)
    assert Run.objects.get().status == "stopped"


def test_deleted_it_is_erased_at_once(hush, ann_client):
    page = ann_client.post(reverse("chat:deletion", args=[hush.pk]), follow=True)
    assert "Undo" not in page.content.decode()
    assert "Hush" not in ann_client.get("/conversations/deleted/").content.decode()
    assert ann_client.post(reverse("chat:restoration", args=[hush.pk])).status_code == 404
    assert erased(timezone.now())


def test_deleted_it_is_put_off_by_no_page_that_is_still_open(hush):
    hush.mark_deleted()
    hush.stay()
    assert not hush.keep()
    assert erased(timezone.now())


def test_only_what_is_deleted_is_erased_without_waiting(hush):
    assert not hush.erase_now()
    assert not erased(timezone.now())


def test_it_can_be_kept(ann, hush, ann_client):
    url = reverse("chat:keeping", args=[hush.pk])
    for _click in range(2):
        assert ann_client.post(url).headers["Location"] == hush.get_absolute_url()
    assert not erased(timezone.now() + UNSEEN)
    assert Conversation.objects.listed_for(ann).get() == hush
    assert [hit.text for hit in find(ann, parse("hush")).titles] == ["Hush now"]


def test_a_fork_of_it_is_temporary_too(ann, hush):
    forked = fork(hush.leaf, ann, uuid.uuid4())
    assert forked.is_temporary
    assert forked.erase_at is not None


def test_presence_means_nothing_to_others(ann, ask, ann_client):
    conversation = ask(ann)
    url = reverse("chat:presence", args=[conversation.pk])
    assert ann_client.post(url, {"closed": "1"}).status_code == 404
