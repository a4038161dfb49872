"""Pins, the archive, folders, tags and many at once, over HTTP."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation, Folder, FolderRefused, Tag
from chat.models.folder import MOST_FOLDERS
from chat.organising import Chosen
from tests.chat.conftest import HTMX

LISTED = "/conversations/listed/"


@pytest.fixture
def ann_client(ann, client_of):
    return client_of(ann)


@pytest.fixture
def talk(ask, answer):
    """A function: a conversation of a person that is answered."""

    def start(person, text="Why is the sky blue?") -> Conversation:
        conversation = ask(person, text)
        answer(conversation)
        return conversation

    return start


@pytest.fixture
def sidebar(ann_client):
    """A function: the list beside every page, as Ann's browser fetches it."""

    def fetch(current="/"):
        headers = HTMX | {"HX-Current-URL": f"http://testserver{current}"}
        return ann_client.get("/conversations/", headers=headers).content.decode()

    return fetch


def place(name, conversation):
    return reverse(f"chat:{name}", args=[conversation.pk])


def change(client, action, *conversations, **more):
    ids = [str(each.pk) for each in conversations]
    return client.post("/conversations/changes/", {"action": action, "conversation": ids, **more})


def titles(html):
    return re.findall(r'class="named"[^>]*>([^<]+)<', html)


# One conversation


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


# Folders


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


# Many at once


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


# Deleted ones


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


# Pages


def test_long_lists_come_in_pages(ann, ann_client):
    Conversation.objects.bulk_create(
        Conversation(owner=ann, title=f"number {n:02}", model_name="m") for n in range(60)
    )
    first = ann_client.get(LISTED).content.decode()
    assert len(titles(first)) == 50
    assert "?page=2" in first
    second = ann_client.get(f"{LISTED}?page=2").content.decode()
    assert len(titles(second)) == 10
    for page in ("nonsense", "-1", "99999999999"):
        assert ann_client.get(f"{LISTED}?page={page}").status_code == 200


def test_the_pages_cost_the_same_with_many(ann, ann_client, sidebar, django_assert_max_num_queries):
    folders = [Folder.objects.with_name(ann, f"{n}") for n in range(20)]
    made = Conversation.objects.bulk_create(
        Conversation(
            owner=ann, title=f"{n}", model_name="m", folder=folders[n % 20] if n % 2 else None
        )
        for n in range(300)
    )
    Chosen(ann, [each.pk for each in made]).tag(["a", "b"])
    Chosen(ann, [each.pk for each in made[:60]]).pin()
    ann_client.get(LISTED)
    with django_assert_max_num_queries(14):
        ann_client.get(LISTED)
    with django_assert_max_num_queries(7):
        html = sidebar(made[299].get_absolute_url())
    assert len(html) < 60_000
    assert html.count("<li") <= 50 + 50 + 20 + 21


def test_pages_hear_of_what_they_show(ann, talk, ann_client):
    talk(ann, "shown")
    html = ann_client.get(LISTED, headers=HTMX).content.decode()
    assert titles(html) == ["shown"]
    assert "<html" not in html


def test_other_tabs_get_the_title_and_the_menu(ann, talk, ann_client):
    conversation = talk(ann)
    ann_client.post(place("title", conversation), {"title": "Elsewhere"}, headers=HTMX)
    ann_client.post(place("pin", conversation), {"pinned": "1"}, headers=HTMX)
    html = ann_client.get(place("messages", conversation), headers=HTMX).content.decode()
    assert 'hx-target="#rename"' in html
    assert 'value="Elsewhere"' in html
    assert "Unpin" in html


# Who may


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
