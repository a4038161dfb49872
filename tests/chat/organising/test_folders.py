"""Folders: two deep, named apart, dragged, deleted."""

import pytest
from django.utils import timezone

from chat.models import Conversation, Folder, FolderRefused, RemovedFolder
from chat.models.folder import MOST_FOLDERS, UNDO
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
    there = ann_client.post(place("folder_removal", top)).headers["Location"]
    assert there == f"{LISTED}?removed={top.pk}"
    inner.refresh_from_db()
    assert inner.parent is None
    assert Conversation.objects.listed_for(ann).filter(folder=None).count() == 2


@pytest.fixture
def filled(ann, talk):
    """A folder with a conversation in it, and one in the folder in it."""
    top = Folder.objects.with_name(ann, "top")
    inner = Folder.objects.with_name(ann, "inner", top)
    one, two = talk(ann), talk(ann)
    Chosen(ann, [one.pk]).move_to(top)
    Chosen(ann, [two.pk]).move_to(inner)
    return top, inner, one, two


def remove(client, folder):
    """Deletes a folder as the page does; the page that follows."""
    return client.post(place("folder_removal", folder), follow=True).content.decode()


def stands_in(*conversations):
    return [Conversation.objects.get(pk=each.pk).folder for each in conversations]


def test_a_deleted_folder_is_brought_back_with_what_was_in_it(filled, ann_client):
    top, inner, one, two = filled
    before = list(Conversation.objects.order_by("pk").values_list("updated_at", flat=True))
    assert place("folder_restoration", top) in remove(ann_client, top)
    back = ann_client.post(place("folder_restoration", top))
    assert back.headers["Location"] == top.get_absolute_url()
    assert stands_in(one, two) == [top, inner]
    inner.refresh_from_db()
    assert inner.parent == top
    assert not RemovedFolder.objects.exists()
    assert before == list(Conversation.objects.order_by("pk").values_list("updated_at", flat=True))
    again = ann_client.post(place("folder_restoration", top))  # a second click
    assert again.headers["Location"] == top.get_absolute_url()


def test_an_inner_folder_is_brought_back_where_it_stood(filled, ann_client):
    top, inner, one, two = filled
    remove(ann_client, inner)
    ann_client.post(place("folder_restoration", inner))
    assert stands_in(one, two) == [top, inner]
    assert Folder.objects.get(pk=inner.pk).parent == top


def test_what_was_moved_since_stays_there_when_a_folder_comes_back(filled, ann, ann_client):
    top, inner, one, two = filled
    remove(ann_client, top)
    other = Folder.objects.with_name(ann, "other")
    Chosen(ann, [one.pk]).move_to(other)
    Folder.objects.with_name(ann, "deeper", inner)
    ann_client.post(place("folder_restoration", top))
    assert stands_in(one, two) == [other, inner]
    assert Folder.objects.get(pk=inner.pk).parent is None  # has one in it now


def test_a_folder_is_not_brought_back_beside_another_of_its_name(filled, ann, ann_client):
    top, _inner, one, _two = filled
    remove(ann_client, top)
    Folder.objects.with_name(ann, "Top")
    refused = ann_client.post(place("folder_restoration", top))
    assert refused.status_code == 422
    assert "of this name already" in refused.content.decode()
    assert stands_in(one) == [None]


def test_a_folder_that_held_one_of_its_own_name_comes_back(ann, ann_client):
    top = Folder.objects.with_name(ann, "same")
    inner = Folder.objects.with_name(ann, "same", top)
    remove(ann_client, top)
    ann_client.post(place("folder_restoration", top))
    assert Folder.objects.get(pk=inner.pk).parent == top


def test_a_deleted_folder_is_known_for_a_minute(filled, ann_client):
    top = filled[0]
    remove(ann_client, top)
    RemovedFolder.objects.update(removed_at=timezone.now() - UNDO)
    page = ann_client.get(LISTED, {"removed": str(top.pk)}).content.decode()
    assert place("folder_restoration", top) not in page
    assert ann_client.post(place("folder_restoration", top)).status_code == 404
    RemovedFolder.objects.forget(timezone.now())
    assert not RemovedFolder.objects.exists()


def test_a_folder_that_two_tabs_delete_comes_back_whole(filled, ann_client):
    top, _inner, one, _two = filled
    stale = Folder.objects.get(pk=top.pk)
    remove(ann_client, top)
    stale.remove()
    ann_client.post(place("folder_restoration", top))
    assert stands_in(one) == [top]


def test_a_folder_is_dragged_into_another(ann, ann_client):
    top, other = Folder.objects.with_name(ann, "top"), Folder.objects.with_name(ann, "other")
    url = place("folder_place", other)
    assert ann_client.post(url, {"folder": str(top.pk)}, headers=HTMX).status_code == 204
    other.refresh_from_db()
    assert other.parent == top
    refused = ann_client.post(place("folder_place", top), {"folder": str(other.pk)}, headers=HTMX)
    assert refused.status_code == 422
    assert "no deeper" in refused.content.decode()
