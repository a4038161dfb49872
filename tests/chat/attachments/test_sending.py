"""Messages with files: sent once, shared by versions and forks, given to the models that see."""

import re
import uuid
from base64 import b64decode

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.attachments.taking import MOST_FILES, take
from chat.forks import fork
from chat.models import Attachment, AttachmentGone, Conversation, Message
from chat.sent import sent_for
from inference import claims
from tests.chat.attachments.conftest import SEES, png, upload
from tests.chat.conftest import HTMX, MODEL

CREATE = "/conversations/"
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


@pytest.fixture
def claimed():
    """A function: the messages that a worker would send now."""

    def look():
        [claim] = claims.look("worker", timezone.now(), limit=10).claims
        return claim.request.messages

    return look


def form(*attachments, **fields):
    ids = [each.pk for each in attachments]
    return {"text": "What is this?", "model": SEES, "key": uuid.uuid4(), "attachment": ids} | fields


def question(conversation) -> Message:
    return conversation.messages.get(parent=None)


# Sending


@BOTH
def test_a_message_takes_its_files_along(ann, server, image, table, client_of, headers):
    client_of(ann).post(CREATE, form(table, image), headers=headers)
    asked = question(Conversation.objects.get())
    assert [each.pk for each in asked.attachments.order_by("position")] == [table.pk, image.pk]
    assert asked.attachment_count == 2


def test_an_image_can_be_all_that_is_said(ann, server, image, client_of):
    client_of(ann).post(CREATE, form(image, text=""), headers=HTMX)
    conversation = Conversation.objects.get()
    assert conversation.title == "pump.png"
    assert question(conversation).text == ""


def test_sent_twice_with_one_key_it_is_there_once(ann, server, image, client_of):
    client, asking = client_of(ann), form(image, text="")
    there = {client.post(CREATE, asking).headers["Location"] for _ in range(2)}
    assert len(there) == Conversation.objects.count() == 1
    assert Attachment.objects.count() == 1


def test_two_tabs_that_send_the_same_file_share_it(ann, server, image, client_of, on_disk):
    client = client_of(ann)
    for _ in range(2):
        client.post(CREATE, form(image), headers=HTMX)
    assert Conversation.objects.count() == 2
    assert len({each.file for each in Attachment.objects.all()}) == 1
    assert Attachment.objects.exclude(message=None).count() == 2
    assert len(on_disk()) == 2


@BOTH
def test_a_file_that_was_removed_meanwhile_is_said(ann, server, image, client_of, headers):
    Attachment.objects.all().delete()
    answer = client_of(ann).post(CREATE, form(image), headers=headers)
    assert answer.status_code == 422
    assert "not here any more" in answer.content.decode()
    assert "What is this?</textarea>" in answer.content.decode()
    assert not Conversation.objects.exists()


def test_a_file_that_is_removed_while_it_is_sent_undoes_all(ann, image, start):
    Attachment.objects.all().delete()
    with pytest.raises(AttachmentGone):
        start(ann, image)
    assert not Conversation.objects.exists()


def test_what_is_somebody_elses_cannot_be_sent(ann, eve, server, image, client_of):
    answer = client_of(eve).post(CREATE, form(image), headers=HTMX)
    assert answer.status_code == 422
    assert Attachment.objects.get().owner == ann


@pytest.mark.parametrize("wrong", ["x", "", "7b8e3fd6-6a4e-4dd5-a41a-0a5c7a4b5a11"])
def test_ids_that_are_none_are_refused(ann, server, client_of, wrong):
    answer = client_of(ann).post(CREATE, form(attachment=wrong), headers=HTMX)
    assert answer.status_code == 422


@BOTH
def test_a_model_that_cannot_see_is_not_asked_and_another_named(
    ann, server, image, client_of, headers
):
    answer = client_of(ann).post(CREATE, form(image, model=MODEL), headers=headers)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f"{MODEL} cannot see images." in html
    assert SEES in html
    assert f'value="{image.pk}" checked' in html


def test_a_text_goes_to_every_model(ann, server, table, client_of):
    assert client_of(ann).post(CREATE, form(table, model=MODEL)).status_code == 302


def test_there_is_a_most_of_files(ann, server, client_of):
    many = [take(ann, upload(b"x", f"{n}.txt")) for n in range(MOST_FILES + 1)]
    answer = client_of(ann).post(CREATE, form(*many), headers=HTMX)
    assert answer.status_code == 422
    assert "At most 10 files" in answer.content.decode()


def test_without_javascript_files_come_along(ann, server, client_of):
    asking = form(files=[upload(png()), upload(b"a,b\n", "gaps.csv")])
    del asking["attachment"]
    client_of(ann).post(CREATE, asking)
    assert question(Conversation.objects.get()).attachment_count == 2


def test_without_javascript_a_refused_file_is_named_and_the_others_kept(ann, server, client_of):
    asking = form(files=[upload(png()), upload(b"\0\1", "x.bin")])
    html = client_of(ann).post(CREATE, asking).content.decode()
    assert "x.bin: This is neither an image nor text." in html
    assert f'value="{Attachment.objects.get().pk}" checked' in html
    assert not Conversation.objects.exists()


# Sharing


def test_an_edited_question_shares_the_files(ann, image, start, answer, client_of, on_disk):
    conversation = start(ann, image)
    answer(conversation)
    there = reverse("chat:revisions", args=[question(conversation).pk])
    client = client_of(ann)
    html = client.get(there, headers=HTMX).content.decode()
    assert re.search(rf'name="attachment" value="{image.pk}" checked', html)
    client.post(there, form(image, text="And this?"), headers=HTMX)
    edited = conversation.messages.get(text="And this?")
    assert edited.attachments.get().file == image.file
    assert len(on_disk()) == 2


def test_a_fork_shares_the_files(ann, image, table, start, answer):
    conversation = start(ann, image, table)
    answer(conversation)
    forked = fork(conversation.leaf, ann, uuid.uuid4())
    copies = list(question(forked).attachments.order_by("position"))
    assert [each.name for each in copies] == [image.name, table.name]
    assert copies[0].file == image.file
    assert copies[1].text == table.text


def test_a_file_goes_with_the_last_row_that_needs_it(
    ann, image, start, answer, on_disk, django_capture_on_commit_callbacks
):
    conversation = start(ann, image)
    answer(conversation)
    forked = fork(conversation.leaf, ann, uuid.uuid4())
    with django_capture_on_commit_callbacks(execute=True):
        conversation.delete()
    assert len(on_disk()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        forked.delete()
    assert on_disk() == []


def test_a_person_who_is_erased_takes_their_files_along(
    ann, image, on_disk, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        ann.delete()
    assert on_disk() == []


# What the model gets


def test_the_model_gets_the_image_and_the_text(ann, image, table, start, claimed):
    start(ann, image, table)
    [message] = claimed()
    assert b64decode(message["images"][0]) == image.path.read_bytes()
    assert message["content"] == "gaps.csv:\n\n```csv\nTag,Länge\n1,12\n```\n\nWhat is this?"


def test_images_of_earlier_turns_go_along(ann, image, start, answer, claimed):
    conversation = start(ann, image)
    answer(conversation)
    conversation.send(ann, "And now?", SEES, uuid.uuid4())
    assert [len(each.get("images", ())) for each in claimed()] == [1, 0, 0]


def test_what_is_summed_up_takes_its_images_along(ann, image, start, answer, claimed, client_of):
    conversation = start(ann, image)
    answer(conversation)
    conversation.send(ann, "And now?", SEES, uuid.uuid4())
    answer(conversation)
    second = conversation.messages.get(text="And now?")
    client_of(ann).post(reverse("chat:sum_up", args=[second.pk]))
    assert b64decode(claimed()[0]["images"][0]) == image.path.read_bytes()


def test_the_place_of_an_image_is_no_place_in_what_people_write(ann, image, start, claimed):
    conversation = start(ann, image, text="What is [img-0]? And [img-x]?")
    [message] = claimed()
    assert message["content"] == "What is [img -0]? And [img-x]?"
    conversation.refresh_from_db()
    sent = sent_for(conversation.leaf)
    assert sent.is_exact
    assert sent.messages[0]["content"] == message["content"]


def test_ollama_leaves_out_nothing_beside_images(ann, image, start):
    start(ann, image)
    [claim] = claims.look("worker", timezone.now(), limit=10).claims
    assert claim.request.body()["truncate"] is False


def test_a_model_that_cannot_see_gets_no_images(ann, image, start, answer, claimed, client_of):
    conversation = start(ann, image)
    answer(conversation)
    conversation.send(ann, "And now?", MODEL, uuid.uuid4())
    assert not any("images" in each for each in claimed())
    conversation.refresh_from_db()
    sent = sent_for(conversation.leaf)
    assert sent.is_exact
    assert not any("images" in each for each in sent.messages)


def test_a_fence_is_longer_than_those_within(ann, start, claimed):
    start(ann, take(ann, upload(b"````\ncode\n````\n", "notes.md")))
    [message] = claimed()
    assert "`````md\n````\ncode\n````\n`````" in message["content"]


def test_an_image_that_is_lost_is_spoken_of(ann, image, start, claimed):
    start(ann, image)
    image.path.unlink()
    [message] = claimed()
    assert "images" not in message
    assert "pump.png: this image is lost" in message["content"]


def test_what_was_sent_shows_pictures_and_no_base64(ann, image, start, claimed, client_of):
    conversation = start(ann, image)
    claimed()
    conversation.refresh_from_db()
    assert sent_for(conversation.leaf).is_exact
    there = reverse("chat:sent", args=[conversation.leaf_id])
    html = client_of(ann).get(there, headers=HTMX).content.decode()
    assert reverse("chat:small", args=[image.pk]) in html
    assert "iVBOR" not in html


# The page


def test_a_question_shows_its_files(ann, image, table, start, client_of):
    html = client_of(ann).get(start(ann, image, table).get_absolute_url()).content.decode()
    assert reverse("chat:small", args=[image.pk]) in html
    assert 'alt="pump.png"' in html
    assert "gaps.csv" in html
    assert "Länge" not in html  # fetched when it is opened


def test_files_of_a_page_cost_one_query(ann, table, start, answer, django_assert_num_queries):
    conversation = start(ann, table, model=MODEL)
    answer(conversation)
    path = Message.objects.path_to(conversation.leaf_id)
    with django_assert_num_queries(1):
        Attachment.objects.without_text().by_message(path)
    with django_assert_num_queries(0):
        Attachment.objects.by_message(path[1:])


def test_the_models_that_see_are_named_where_one_attaches(ann, server, client_of):
    html = client_of(ann).get("/").content.decode()
    assert f"These can: {SEES}." in html
    assert re.search(rf'<option class=" ?sees" value="{SEES}"', html)
