"""The index follows what is said, however it came to be said or to go."""

import uuid
from datetime import timedelta

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.utils import timezone

from accounts.database import in_database
from chat.forks import fork
from chat.models import Conversation, Message, SearchDue, SearchEntry
from chat.search import catch_up, find, index, parse, reading
from inference.jobs import NotYet


def found(person, text, **options):
    """The texts of what is found, titles first."""
    result = find(person, parse(text), **options)
    return [hit.text for hit in [*result.titles, *result.messages]]


def test_finds_what_was_said_a_moment_ago(ann, tell):
    tell(ann)
    assert found(ann, "rayleigh") == ["Because of Rayleigh."]
    assert found(ann, "sky") == ["Why is the sky blue?", "Why is the sky blue?"]


def test_finds_only_ones_own(ann, bob, eve, tell):
    tell(ann)
    tell(bob, text="It scatters, says Rayleigh.")
    assert found(ann, "rayleigh") == ["Because of Rayleigh."]
    assert found(bob, "rayleigh") == ["It scatters, says Rayleigh."]
    assert found(eve, "rayleigh") == []
    assert found(eve, "sky") == []


def test_follows_a_rename(ann, tell):
    conversation = tell(ann)
    assert found(ann, "holiday") == []
    conversation.rename("Holiday notes")
    assert found(ann, "holiday") == ["Holiday notes"]
    assert found(ann, "sky") == ["Why is the sky blue?"]


def test_follows_a_change_of_a_text_by_any_way(ann, tell):
    tell(ann)
    assert found(ann, "rayleigh")
    Message.objects.filter(role="assistant").update(text="Because of scattering.")
    assert found(ann, "rayleigh") == []
    assert found(ann, "scattering") == ["Because of scattering."]


def test_finds_nothing_of_a_deleted_conversation_until_it_is_restored(ann, tell):
    conversation = tell(ann)
    assert found(ann, "rayleigh")
    conversation.mark_deleted()
    assert found(ann, "rayleigh") == found(ann, "sky") == []
    conversation.restore()
    assert found(ann, "rayleigh")


def test_finds_a_temporary_conversation_only_once_it_is_kept(ann, tell):
    conversation = tell(ann)
    Conversation.objects.update(is_temporary=True, erase_at=timezone.now() + timedelta(minutes=5))
    conversation.refresh_from_db()
    assert found(ann, "rayleigh") == []
    assert not SearchEntry.objects.exists()
    conversation.keep()
    assert found(ann, "rayleigh") == ["Because of Rayleigh."]
    assert len(found(ann, "sky")) == 2


def test_keeps_no_word_of_what_was_erased(ann, tell):
    conversation = tell(ann)
    catch_up()
    conversation.delete()
    assert not SearchEntry.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM chat_searchtext").fetchone() == (0,)
    assert found(ann, "rayleigh") == []


def test_reads_in_nothing_that_went_before_it_was_read(ann, tell):
    tell(ann).delete()
    assert SearchDue.objects.exists()
    assert catch_up()
    assert not SearchEntry.objects.exists()
    assert not SearchDue.objects.exists()


def test_finds_the_copies_of_a_fork(ann, tell):
    fork(tell(ann).leaf, ann, uuid.uuid4())
    assert found(ann, "rayleigh") == ["Because of Rayleigh."] * 2


def test_finds_what_only_another_version_says(ann, ask, tell, answer):
    conversation = tell(ann)
    conversation.regenerate(conversation.leaf, ann, "pip-think:latest", uuid.uuid4())
    answer(conversation, "For quite other reasons.")
    assert found(ann, "rayleigh") == ["Because of Rayleigh."]


@pytest.mark.parametrize("end", ["lighthouse", "灯台"])
def test_finds_both_ends_of_a_message_of_a_megabyte(ann, tell, end):
    filler = "filling words " * 40_000 if end.isascii() else "長い話" * 100_000
    tell(ann, text=f"Beginning {filler} {end}")
    [hit] = find(ann, parse(end)).messages
    assert any(piece.is_hit and piece.text == end for piece in hit.excerpt)
    assert len(find(ann, parse("beginning")).messages) == 1
    assert len(find(ann, parse("filling" if end.isascii() else "長い")).messages) == 1


def test_a_long_text_is_cut_between_words():
    text = "word " * 10_000
    parts = list(index.parts(text))
    assert "".join(part for _, part in parts) == text
    assert all(text[start : start + len(part)] == part for start, part in parts)
    assert all(len(part) <= index.LONGEST_PART and part.endswith(" ") for _, part in parts)
    assert "".join(part for _, part in index.parts("x" * 50_000)) == "x" * 50_000
    assert list(index.parts("")) == []


def test_texts_of_one_moment_stand_beside_each_other(ann, ask):
    conversation = ask(ann)
    for _ in range(3):
        Message.objects.create(
            conversation=conversation, text="Same time", created_at=conversation.created_at
        )
    assert found(ann, "same time") == ["Same time"] * 3


def test_reads_in_the_newest_first_and_says_that_it_is_behind(ann, ask, monkeypatch):
    conversation = ask(ann, "The oldest")
    for n in range(index.BATCH):
        Message.objects.create(conversation=conversation, text=f"Message {n}")
    monkeypatch.setattr(index, "PATIENCE_S", 0)
    assert not catch_up(ann.pk, seconds=0)
    left = SearchDue.objects.count()
    assert 0 < left < index.BATCH
    assert catch_up(ann.pk)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite loses triggers")
def test_long_messages_are_read_in_by_a_transaction_of_their_own(ann, tell, monkeypatch):
    tell(ann, "Why?", "Because.")
    catch_up()
    monkeypatch.setattr(index, "MOST_AT_ONCE", 100)
    for text in ("blue " * 30, "green", "grey", "red " * 30):
        tell(ann, "Which?", text)
    read_in = []
    monkeypatch.setattr(index, "_read_in", lambda batch: read_in.append(len(batch)))

    assert catch_up()

    # The newest first; each conversation has a title and a question besides its answer.
    assert read_in == [1, 8, 1, 2]


def test_triggers_that_a_migration_took_are_there_again(ann, tell):
    with connection.cursor() as cursor:
        on_table = " ON chat_message" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER chat_search_new_message{on_table}")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    tell(ann)
    assert found(ann, "sky")


def test_a_conversation_of_another_owner_is_not_found_by_its_word(ann, eve, tell):
    conversation = tell(ann)
    catch_up()
    Conversation.objects.filter(pk=conversation.pk).update(owner=eve)
    assert found(ann, "rayleigh") == []


@pytest.mark.django_db(transaction=True)
async def test_a_worker_reads_in_what_nobody_searched_for(ann):
    conversation = await in_database(Conversation.objects.create, owner=ann, title="Unread")
    with pytest.raises(NotYet):
        await reading.work(None)
    assert await in_database(SearchEntry.objects.filter(conversation=conversation).count) == 1
