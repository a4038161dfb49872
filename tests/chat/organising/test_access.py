"""What others get of one's folders, tags and places of conversations."""

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation, Folder, Tag
from chat.organising import Chosen
from tests.chat.conftest import HTMX
from tests.chat.organising.conftest import change, place

OWN = [
    ("post", "pin"),
    ("post", "conversation_archive"),
    ("get", "conversation_folder"),
    ("post", "conversation_folder"),
    ("get", "conversation_tags"),
    ("post", "conversation_tags"),
    ("post", "keeping"),
    ("post", "presence"),
]
OF_FOLDERS = [
    ("get", "folder"),
    ("get", "folder_details"),
    ("post", "folder_details"),
    ("post", "folder_place"),
    ("post", "folder_removal"),
]
PAGES = ["listed", "archived", "deleted", "folders"]


@pytest.mark.parametrize(("method", "name"), OWN)
@pytest.mark.parametrize("other", ["bob", "eve", "admin"])
def test_others_find_no_conversation(request, ann, talk, client_of, method, name, other):
    client = client_of(request.getfixturevalue(other))
    conversation = talk(ann)
    Conversation.objects.update(is_temporary=name in ("keeping", "presence"))
    assert getattr(client, method)(place(name, conversation)).status_code == 404


@pytest.mark.parametrize(("method", "name"), OF_FOLDERS)
def test_eve_finds_no_folder(ann, eve, client_of, method, name):
    folder = Folder.objects.with_name(ann, "Work")
    assert getattr(client_of(eve), method)(place(name, folder)).status_code == 404
    assert Folder.objects.filter(pk=folder.pk, name="Work").exists()


def test_eve_brings_no_folder_of_another_back(ann, eve, talk, client_of):
    folder = Folder.objects.with_name(ann, "Secret plans")
    url = place("folder_restoration", folder)
    assert client_of(eve).post(url).status_code == 404  # it is still there
    client_of(ann).post(place("folder_removal", folder))
    page = client_of(eve).get("/conversations/listed/", {"removed": str(folder.pk)})
    assert url not in page.content.decode()
    assert client_of(eve).post(url).status_code == 404
    assert not Folder.objects.exists()


def test_eve_finds_no_tag(ann, eve, talk, client_of):
    Chosen(ann, [talk(ann).pk]).tag(["secret"])
    assert client_of(eve).get(Tag.objects.get().get_absolute_url()).status_code == 404


def test_eve_can_use_no_folder_or_tag_of_another(ann, eve, talk, client_of):
    folder = Folder.objects.with_name(ann, "Work")
    Chosen(ann, [talk(ann).pk]).tag(["secret"])
    mine, client = talk(eve), client_of(eve)
    url = place("conversation_folder", mine)
    assert client.post(url, {"folder": str(folder.pk)}, headers=HTMX).status_code == 422
    tag = Tag.objects.get()
    client.post(place("conversation_tags", mine), {"tag": [str(tag.pk)]}, headers=HTMX)
    assert not mine.tags.exists()
    assert client.post("/folders/", {"name": "x", "parent": str(folder.pk)}).status_code == 422


@pytest.mark.parametrize("action", ["archive", "delete", "move", "tag", "erase", "restore"])
def test_eve_changes_nothing_of_others(ann, eve, talk, client_of, action):
    conversation = talk(ann)
    if action in ("erase", "restore"):
        conversation.mark_deleted()
    response = change(client_of(eve), action, conversation, names="x", confirmed="1")
    assert response.status_code == 404
    before = conversation.deleted_at, conversation.archived_at
    conversation.refresh_from_db()
    assert action in ("erase", "restore") or (
        (conversation.deleted_at, conversation.archived_at) == before
    )
    assert not conversation.tags.exists()


def test_eve_restores_nothing_of_others(ann, eve, talk, client_of):
    now = timezone.now()
    Chosen(ann, [talk(ann).pk]).delete(now)
    data = {"deleted_at": now.isoformat()}
    assert client_of(eve).post("/conversations/restorations/", data).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_strangers_are_sent_to_sign_in(db, client, name):
    response = client.get(reverse(f"chat:{name}"))
    assert response.headers["Location"].startswith(reverse("accounts:sign_in"))
    assert client.post("/conversations/changes/").status_code == 302
    assert client.post("/conversations/restorations/").status_code == 302
    assert client.post("/folders/", {"name": "x"}).status_code == 302
