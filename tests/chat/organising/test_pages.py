"""The pages that list conversations, and what they cost."""

import re

from chat.models import Conversation, Folder
from chat.organising import Chosen
from chat.organising.listing import FEW
from tests.chat.conftest import HTMX
from tests.chat.organising.conftest import LISTED, place, titles


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


def test_the_list_is_there_for_a_page_whose_address_is_none(ann, ann_client):
    headers = HTMX | {"HX-Current-URL": "http://["}
    assert ann_client.get("/conversations/", headers=headers).status_code == 200


def test_many_folders_and_tags_are_folded_away(ann, ann_client):
    Folder.objects.bulk_create(Folder(owner=ann, name=f"folder {n}") for n in range(FEW))
    assert "<details" not in main_of(ann_client.get(LISTED))
    Folder.objects.create(owner=ann, name="one more")
    folded = main_of(ann_client.get(LISTED)).partition("<details")[2].partition("</details>")[0]
    assert "one more" in folded
    assert "New folder" not in folded


def test_tags_of_a_conversation_stand_by_name(ann, talk, ann_client):
    one = talk(ann)
    for name in ("c", "a", "b"):
        Chosen(ann, [one.pk]).tag([name])
    row = main_of(ann_client.get(LISTED)).partition('id="listing"')[2]
    assert re.findall("<bdi>(.)</bdi>", row)[:3] == ["a", "b", "c"]


def main_of(response):
    return response.content.decode().partition("<main")[2]
