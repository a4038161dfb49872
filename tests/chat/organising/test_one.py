"""One conversation: pinned, archived, in a folder, with tags."""

from uuid import uuid4

import pytest

from chat.models import Folder, FolderRefused, Tag
from chat.organising import Chosen
from tests.chat.conftest import HTMX
from tests.chat.organising.conftest import LISTED, place, titles


def test_a_pinned_one_stands_on_top_and_nowhere_else(ann, talk, ann_client, sidebar):
    first, second = talk(ann, "first"), talk(ann, "second")
    ann_client.post(place("pin", first), {"pinned": "1"}, headers=HTMX)
    ann_client.post(place("pin", first), {"pinned": "1"}, headers=HTMX)  # a double click
    html = sidebar()
    assert html.index("Pinned") < html.index("first") < html.index("second")
    assert html.count(first.get_absolute_url()) == 1
    ann_client.post(place("pin", first), {"pinned": "0"}, headers=HTMX)
    assert "Pinned" not in sidebar()
    assert second.get_absolute_url() in sidebar()


def test_an_archived_one_leaves_the_list_and_comes_back_with_a_question(
    ann, talk, ann_client, sidebar
):
    conversation = talk(ann, "old thing")
    ann_client.post(place("conversation_archive", conversation), {"archived": "1"})
    assert "old thing" not in sidebar()
    assert "old thing" in ann_client.get("/conversations/archived/").content.decode()
    conversation.refresh_from_db()
    conversation.send(ann, "And now?", conversation.model_name, uuid4())
    assert "old thing" in sidebar()


def test_it_moves_into_a_new_folder_and_out_again(ann, talk, ann_client, sidebar):
    conversation = talk(ann, "notes")
    url = place("conversation_folder", conversation)
    assert ann_client.post(url, {"new": "  Work   stuff "}).status_code == 302
    folder = Folder.objects.get(owner=ann, name="Work stuff")
    assert "notes" not in sidebar()
    assert "Work stuff" in sidebar()
    assert "notes" in sidebar(conversation.get_absolute_url())  # its folder is open
    assert titles(ann_client.get(folder.get_absolute_url()).content.decode()) == ["notes"]
    ann_client.post(url, {"folder": ""}, headers=HTMX)
    assert "notes" in sidebar()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_move_to_is_a_page_or_a_dialog(ann, talk, ann_client, headers):
    Folder.objects.with_name(ann, "Work")
    html = ann_client.get(place("conversation_folder", talk(ann)), headers=headers).content.decode()
    assert "Work" in html
    assert ("<show-dialog>" in html) == bool(headers)


def test_a_folder_name_that_is_too_long_is_kept_and_said(ann, talk, ann_client):
    url = place("conversation_folder", talk(ann))
    response = ann_client.post(url, {"new": "x" * 61}, headers=HTMX)
    assert response.status_code == 422
    assert "at most 60 characters" in response.content.decode()
    assert "x" * 61 in response.content.decode()


def test_a_folder_that_is_gone_is_said(ann, talk, ann_client):
    url = place("conversation_folder", talk(ann))
    response = ann_client.post(url, {"folder": str(uuid4()), "dragged": "1"}, headers=HTMX)
    assert response.status_code == 422
    assert "no longer there" in response.content.decode()


def test_tags_are_set_and_dropped_with_their_last_conversation(ann, talk, ann_client):
    conversation, other = talk(ann), talk(ann)
    url = place("conversation_tags", conversation)
    ann_client.post(url, {"names": "Work, #draft , work,, "}, headers=HTMX)
    assert [tag.name for tag in Tag.objects.of(ann)] == ["draft", "Work"]
    work = Tag.objects.get(name="Work")
    Chosen(ann, [other.pk]).tag(["WORK"])
    ann_client.post(url, {"tag": [str(work.pk)]}, headers=HTMX)
    assert [tag.name for tag in conversation.tags.all()] == ["Work"]
    assert not Tag.objects.filter(name="draft").exists()
    page = ann_client.get(work.get_absolute_url()).content.decode()
    assert len(titles(page)) == 2
    ann_client.post(url, {}, headers=HTMX)
    assert Tag.objects.get() == work  # of the other one


@pytest.mark.parametrize(
    ("names", "why"), [("x" * 41, "40 characters"), (",".join(map(str, range(21))), "20 tags")]
)
def test_tags_that_cannot_be_are_said_and_kept(ann, talk, ann_client, names, why):
    url = place("conversation_tags", talk(ann))
    response = ann_client.post(url, {"names": names}, headers=HTMX)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert names in response.content.decode()


def test_names_are_shown_and_never_obeyed(ann, talk, ann_client, sidebar):
    evil = '<b hx-get="/x">\u202e\x00"'
    conversation = talk(ann)
    ann_client.post(place("conversation_folder", conversation), {"new": evil})
    ann_client.post(place("conversation_tags", conversation), {"names": evil})
    for html in (sidebar(), ann_client.get(LISTED).content.decode()):
        assert "<b hx-get" not in html
        assert "&lt;b hx-get" in html


def test_a_folder_that_another_tab_deleted_just_now_is_not_changed(ann):
    folder = Folder.objects.with_name(ann, "Work")
    Folder.objects.get(pk=folder.pk).remove()

    with pytest.raises(FolderRefused, match="no longer there"):
        folder.change("Home", None)
