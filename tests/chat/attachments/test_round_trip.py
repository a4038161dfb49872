"""What was exported and imported is what it was: exported again, it is the same but for the ids."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.exporting import record
from chat.importing import storing
from chat.importing.reading import Opened
from chat.models import Attachment, Conversation, Folder, Message, Role, Summary
from chat.models.folder import MOST_FOLDERS
from chat.organising.chosen import Chosen


@pytest.fixture
def talk(ann, start, image, table):
    """One with all that a conversation can have."""
    conversation = start(ann, image, table)
    conversation.title, conversation.settings = (
        "Pumps",
        {"system": "Be brief.", "options": {"temperature": 0.2}},
    )
    conversation.save()
    question = conversation.messages.get(role=Role.USER)
    first = conversation.leaf
    Message.objects.filter(pk=first.pk).update(
        text='{"pump": true}', thinking="A pump?", thought_seconds=4, is_json=True
    )
    again = Message.objects.create(
        conversation=conversation,
        parent=question,
        role=Role.ASSISTANT,
        text="A pump.",
        model_name="other:latest",
        tool_calls=[{"function": {"name": "look", "arguments": {"at": "it"}}}],
        rating="down",
        rating_reason="Short",
        created_at=timezone.now() + timedelta(seconds=1),
    )
    Summary.objects.create(
        conversation=conversation, up_to=first, text="About pumps.", model_name="sum:latest"
    )
    conversation.leaf = first
    conversation.save()
    assert again.pk != first.pk
    outer = Folder.objects.with_name(ann, "Work")
    chosen = Chosen(ann, [conversation.pk])
    chosen.pin()
    chosen.move_to(Folder.objects.with_name(ann, "Pumps", outer))
    chosen.tag(["urgent", "été"])
    conversation.refresh_from_db()
    return conversation


def written(conversation) -> dict:
    return json.loads(b"".join(record.alone(conversation).chunks()))["conversations"][0]


def imported(person, tmp_path, *records) -> Conversation | None:
    path = tmp_path / "file.json"
    path.write_text(record.document(records))
    opened = Opened(path)
    [found] = opened.conversations()
    return storing.store(person.pk, found, opened.image)


def bare(whole: dict) -> dict:
    """Without ids, which are new: each is the place of its message."""
    places = {each["id"]: place for place, each in enumerate(whole["messages"])}
    text = json.dumps({**whole, "id": ""})
    for pk, place in places.items():
        text = text.replace(pk, str(place))
    data = json.loads(text)
    for message in data["messages"]:
        for file in message["files"]:
            file.pop("path", None)  # named by its id
    return data


def test_it_is_the_same_with_versions_files_and_place(ann, bob, talk, tmp_path, on_disk):
    copy = imported(bob, tmp_path, written(talk))
    assert bare(written(copy)) == bare(written(talk))
    assert {name: written(talk)[name] for name in ("folder", "tags", "pinned", "archived")} == {
        "folder": ["Work", "Pumps"],
        "tags": ["urgent", "été"],
        "pinned": True,
        "archived": False,
    }
    assert Attachment.objects.filter(owner=bob).count() == 2
    assert copy.folder.owner == copy.folder.parent.owner == bob
    assert set(copy.tags.values_list("owner", flat=True)) == {bob.pk}


def test_it_comes_once_whatever_became_of_it(ann, talk, tmp_path):
    before = written(talk)
    assert imported(ann, tmp_path, before) is None
    talk.rename("Other")
    assert imported(ann, tmp_path, before) is None


def test_names_of_an_earlier_export_are_not_needed(bob, talk, tmp_path):
    old = written(talk)
    for name in ("folder", "tags", "pinned", "archived"):
        del old[name]
    for message in old["messages"]:
        for name in ("thought_seconds", "is_json", "summary"):
            del message[name]
    copy = imported(bob, tmp_path, old)
    assert (copy.folder, copy.tags.count(), copy.is_pinned) == (None, 0, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("folder", "Work"),
        ("folder", [["Work"]]),
        ("folder", {"Work": 1}),
        ("tags", [None, 1, " ", "x" * 1_000]),
        ("tags", "urgent"),
        ("pinned", "yes"),
        ("archived", 1),
    ],
    ids=str,
)
def test_a_place_that_is_none_keeps_nothing_back(bob, talk, tmp_path, name, value):
    copy = imported(bob, tmp_path, {**written(talk), name: value})
    assert copy.messages.count() == 3
    assert all(len(tag.name) <= 40 for tag in copy.tags.all())


@pytest.mark.parametrize("seconds", [-1, 2**40, "4", 1.5, True], ids=str)
def test_a_time_that_is_none_is_left_out(bob, talk, tmp_path, seconds):
    whole = written(talk)
    for message in whole["messages"]:
        message["thought_seconds"] = seconds
    copy = imported(bob, tmp_path, whole)
    assert not copy.messages.exclude(thought_seconds=None).exists()


def test_there_are_not_more_folders_than_there_may_be(bob, talk, tmp_path):
    for number in range(MOST_FOLDERS):
        Folder.objects.with_name(bob, f"{number}")
    assert imported(bob, tmp_path, written(talk)).folder is None


def test_its_files_are_printed(ann, client_of, talk, image, table):
    client = client_of(ann)
    page = client.get(reverse("chat:export", args=[talk.pk, "print"])).content.decode()
    [source] = re.findall(r'<img src="(/attachments/[^"]+)"', page)
    assert client.get(source)["Content-Type"] == "image/png"
    assert f"<details open><summary><bdi>{table.name}</bdi>" in page
