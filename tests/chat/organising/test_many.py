"""Many conversations at once, and what is deleted."""

import re

import pytest

from chat.models import Conversation, Folder
from tests.chat.organising.conftest import LISTED, change, place


def test_many_are_archived_moved_and_tagged(ann, talk, ann_client):
    one, two, three = talk(ann), talk(ann), talk(ann)
    folder = Folder.objects.with_name(ann, "Work")
    change(ann_client, "move", one, two, folder=str(folder.pk))
    change(ann_client, "tag", one, two, names="x, y")
    change(ann_client, "untag", two, names="Y")
    page = ann_client.post(
        "/conversations/changes/",
        {"action": "archive", "conversation": [str(one.pk), str(three.pk)], "next": LISTED},
        follow=True,
    )
    assert "2 archived." in page.content.decode()
    listed = Conversation.objects.listed_for(ann)
    assert set(listed.filter(folder=folder)) == {one, two}
    assert set(listed.filter(tags__name="y")) == {one}
    assert set(listed.archived()) == {one, three}
    change(ann_client, "bring-back", one)
    assert set(listed.archived()) == {three}


def test_none_gets_more_tags_than_it_may_have(ann, talk, ann_client):
    one, two = talk(ann), talk(ann)
    change(ann_client, "tag", one, names=", ".join(f"t{number}" for number in range(19)))
    assert change(ann_client, "tag", one, two, names="t1, x").status_code == 302
    refused = change(ann_client, "tag", one, two, names="y")
    assert refused.status_code == 422
    assert "A conversation has at most 20 tags." in refused.content.decode()
    assert (one.tags.count(), two.tags.count()) == (20, 2)
    assert not ann.tags.filter(name="y").exists()


def test_many_that_are_deleted_come_back_together(ann, talk, ann_client):
    before = talk(ann, "before")
    before.mark_deleted()
    one, two = talk(ann, "one"), talk(ann, "two")
    response = change(ann_client, "delete", one, two)
    page = ann_client.get(response.headers["Location"]).content.decode()
    assert "2 conversations deleted." in page
    moment = re.search(r'name="deleted_at" value="([^"]+)"', page)[1]
    url = "/conversations/restorations/"
    assert ann_client.post(url, {"deleted_at": moment}).status_code == 302
    assert set(Conversation.objects.listed_for(ann)) == {one, two}
    assert ann_client.post(url, {"deleted_at": moment}).status_code == 404  # a double click
    assert ann_client.post(url, {"deleted_at": "nonsense"}).status_code == 404


def test_deleting_many_stops_their_answers(ann, ask, ann_client):
    conversation = ask(ann)
    change(ann_client, "delete", conversation)
    conversation.refresh_from_db()
    assert conversation.latest_run.status == "stopped"


def test_a_form_without_a_choice_says_so(ann, talk, ann_client):
    talk(ann)
    response = change(ann_client, "archive")
    assert response.status_code == 422
    assert "Choose conversations first." in response.content.decode()


def test_what_was_chosen_and_typed_is_kept(ann, talk, ann_client):
    conversation = talk(ann)
    response = change(ann_client, "tag", conversation, names="y" * 41)
    html = response.content.decode()
    assert response.status_code == 422
    assert "y" * 41 in html
    assert re.search(rf'value="{conversation.pk}"[^>]* checked', html)


def test_a_stale_form_changes_what_is_left(ann, talk, ann_client):
    gone, left = talk(ann), talk(ann)
    gone.mark_deleted()
    response = change(ann_client, "archive", gone, left)
    assert "count=1" in response.headers["Location"]
    gone.refresh_from_db()
    assert gone.archived_at is None


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_a_form_leads_nowhere_else(ann, talk, ann_client, there):
    response = change(ann_client, "archive", talk(ann), next=there)
    assert response.headers["Location"].startswith(LISTED)


def test_the_deleted_page_restores_and_erases(ann, talk, ann_client):
    one, two = talk(ann, "Rabbit"), talk(ann, "Hare")
    change(ann_client, "delete", one, two)
    page = ann_client.get("/conversations/deleted/").content.decode()
    assert "for 30 days" in page
    assert "Rabbit" in page
    change(ann_client, f"restore:{one.pk}")
    asked = change(ann_client, f"erase:{two.pk}")
    assert "Nobody can bring it back" in asked.content.decode()
    assert Conversation.objects.deleted_by(ann).count() == 1
    change(ann_client, "erase", two, confirmed="1")
    assert "Hare" not in ann_client.get("/conversations/deleted/").content.decode()
    assert ann_client.post(place("restoration", two)).status_code == 404
    assert list(Conversation.objects.listed_for(ann)) == [one]


def test_only_what_is_deleted_can_be_erased(ann, talk, ann_client):
    conversation = talk(ann)
    assert change(ann_client, "erase", conversation).status_code == 404
    change(ann_client, "erase", conversation, confirmed="1")
    conversation.refresh_from_db()
    assert conversation.erase_at is None


@pytest.mark.parametrize(
    "moment",
    ["", "x", "2024-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
)
def test_a_moment_that_cannot_be_undoes_nothing(ann_client, moment):
    assert ann_client.get(LISTED, {"undo": moment}).status_code == 200
    restored = ann_client.post("/conversations/restorations/", {"deleted_at": moment})
    assert restored.status_code == 404
