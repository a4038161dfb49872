"""Folders: two deep, named apart, dragged, deleted."""

import pytest

from chat.models import Conversation, Folder, FolderRefused
from chat.models.folder import MOST_FOLDERS
from chat.organising import Chosen
from tests.chat.conftest import HTMX
from tests.chat.organising.conftest import LISTED, place


def test_one_folder_stands_in_another_and_no_deeper(ann):
    top = Folder.objects.with_name(ann, "top")
    inner = Folder.objects.with_name(ann, "inner", top)
    with pytest.raises(FolderRefused):
        Folder.objects.with_name(ann, "deeper", inner)
    with pytest.raises(FolderRefused):
        Folder.objects.with_name(ann, "other").change("other", inner)
    with pytest.raises(FolderRefused):
        top.change("top", Folder.objects.with_name(ann, "third"))  # it has one in it
    with pytest.raises(FolderRefused):
        top.change("top", top)


def test_a_folder_made_twice_is_one(ann, ann_client):
    for _click in range(2):
        response = ann_client.post("/folders/", {"name": "Work"})
    assert response.headers["Location"] == Folder.objects.get().get_absolute_url()


def test_two_folders_in_one_place_have_two_names(ann, ann_client):
    Folder.objects.with_name(ann, "Work")
    home = Folder.objects.with_name(ann, "Home")
    response = ann_client.post(place("folder_details", home), {"name": "work"}, headers=HTMX)
    assert response.status_code == 422
    assert "of this name already" in response.content.decode()


def test_there_are_only_so_many_folders(ann):
    Folder.objects.bulk_create(Folder(owner=ann, name=f"{n}") for n in range(MOST_FOLDERS))
    with pytest.raises(FolderRefused):
        Folder.objects.with_name(ann, "one more")


def test_a_deleted_folder_leaves_what_was_in_it(ann, talk, ann_client):
    top = Folder.objects.with_name(ann, "top")
    inner = Folder.objects.with_name(ann, "inner", top)
    one, two = talk(ann), talk(ann)
    Chosen(ann, [one.pk]).move_to(top)
    Chosen(ann, [two.pk]).move_to(inner)
    ann_client.post(place("folder_removal", inner))
    two.refresh_from_db()
    assert two.folder == top
    inner = Folder.objects.with_name(ann, "inner", top)
    assert ann_client.post(place("folder_removal", top)).headers["Location"] == LISTED
    inner.refresh_from_db()
    assert inner.parent is None
    assert Conversation.objects.listed_for(ann).filter(folder=None).count() == 2


def test_a_folder_is_dragged_into_another(ann, ann_client):
    top, other = Folder.objects.with_name(ann, "top"), Folder.objects.with_name(ann, "other")
    url = place("folder_place", other)
    assert ann_client.post(url, {"folder": str(top.pk)}, headers=HTMX).status_code == 204
    other.refresh_from_db()
    assert other.parent == top
    refused = ann_client.post(place("folder_place", top), {"folder": str(other.pk)}, headers=HTMX)
    assert refused.status_code == 422
    assert "no deeper" in refused.content.decode()
