"""Files that somebody made to hurt: each is read, or refused in words, in no time."""

import json
import struct
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.importing import open_webui, storing
from chat.importing.parsed import NotReadable, time
from chat.importing.reading import Opened
from chat.models import Conversation
from tests.chat.imported import read, written

pytestmark = pytest.mark.timeout(20)


def our_own(messages, **more):
    return {
        "format": "webchat",
        "version": 1,
        "conversations": [{"id": "a", "messages": messages, **more}],
    }


def a_message(**more):
    return {"id": "m", "role": "user", "text": "Hi", **more}


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31T00:00:00Z", 32503680000],
)
def test_has_no_time_that_cannot_be(moment):
    assert time(moment) is None


@pytest.mark.parametrize("moment", [float("inf"), float("-inf"), float("nan"), 10**400, -1, True])
def test_has_no_time_of_a_number_that_is_none(moment):
    assert time(moment) is None


def test_lets_the_other_clock_be_a_little_ahead():
    soon = timezone.now() + timedelta(hours=1)

    assert time(soon.isoformat()) == soon


@pytest.mark.django_db
def test_stores_what_came_at_times_that_cannot_be(ann, tmp_path):
    far = "9999-12-31T23:59:59-14:00"
    path = written(tmp_path, our_own([a_message(created_at="0001-01-01")], updated_at=far))

    [found] = read(path)
    storing.store(ann.pk, found, lambda path: b"")

    [conversation] = Conversation.objects.all()
    assert timezone.now() - conversation.updated_at < timedelta(minutes=1)


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["1e999", "-1e999", "[" * 900 + "]" * 900])
def test_stores_no_tool_call_that_a_database_refuses(ann, tmp_path, value):
    calls = f'[{{"function": {{"name": "f", "arguments": {{"a": {value}}}}}}}]'
    data = json.dumps(our_own([a_message(tool_calls="CALLS")])).replace('"CALLS"', calls)

    [found] = read(written(tmp_path, data))

    assert storing.store(ann.pk, found, lambda path: b"") is not None


def test_walks_a_long_chain_of_hidden_nodes_once(tmp_path):
    hidden = {f"h{n}": {"parent": f"h{n - 1}", "message": None} for n in range(4_000)}
    said = {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hi"]}}
    kept = {f"k{n}": {"parent": "h3999", "message": said} for n in range(4_000)}
    path = written(tmp_path, [{"id": "a", "mapping": hidden | kept}])

    [found] = read(path)

    assert len(found.messages) == 4_000


@pytest.mark.parametrize("where", ["text", "thinking"])
def test_refuses_what_no_page_could_show(tmp_path, where):
    messages = [a_message(**{where: "x" * 4_000_001})]

    [problem] = read(written(tmp_path, our_own(messages)))

    assert problem.why == "One of its messages is too long."


def test_joins_a_long_turn_once(tmp_path):
    parts = [
        {**a_message(text="x" * 300), "id": f"{n}", "parent": f"{n - 1}"} for n in range(10_000)
    ]

    [found] = read(written(tmp_path, our_own(parts)))

    assert [len(message.text) for message in found.messages] == [10_000 * 300 + 9_999 * 2]


@pytest.mark.parametrize(
    "part", ['<details type="reasoning">', '<details type="reasoning"><summary>']
)
def test_looks_for_the_end_of_a_thought_once(part):
    message = open_webui._message("a", {"role": "assistant", "content": part * 40_000})

    assert message.text == part * 40_000


@pytest.mark.parametrize("junk", [[], {}, 0, "x", None, [[]], True])
@pytest.mark.parametrize("name", ["content_type", "parts", "text"])
def test_takes_any_shape_of_what_was_said(tmp_path, name, junk):
    content = {"content_type": "text", "parts": ["Hi"]} | {name: junk}
    said = {"author": {"role": "user"}, "content": content}

    assert len(read(written(tmp_path, [{"id": "a", "mapping": {"m": {"message": said}}}]))) == 1


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_refuses_an_archive_with_a_broken_member(tmp_path, method):
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.json", json.dumps(our_own([a_message()])) * 50)
        start = archive.getinfo("a.json").header_offset + 30 + len("a.json")
    content = bytearray(path.read_bytes())
    content[start : start + 40] = bytes(range(200, 240))
    path.write_bytes(content)

    with pytest.raises(NotReadable, match="damaged"):
        read(path)


def test_refuses_an_archive_of_a_kind_that_is_yet_to_come(tmp_path):
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", "{}")
    content = path.read_bytes()
    at = content.index(b"PK\x01\x02") + 6  # the version that is needed to read it
    path.write_bytes(content[:at] + struct.pack("<H", 99) + content[at + 2 :])

    with pytest.raises(NotReadable, match="damaged"):
        read(path)


@pytest.mark.django_db
def test_brings_more_files_than_may_wait_to_be_sent(ann, tmp_path, monkeypatch):
    monkeypatch.setattr("chat.attachments.taking.MOST_UNSENT", 1)
    files = [{"name": f"{n}.txt", "type": "text/plain", "text": "x"} for n in range(3)]

    [found] = read(written(tmp_path, our_own([a_message(files=files)])))
    made = storing.store(ann.pk, found, lambda path: b"")

    assert made.messages.get().attachments.count() == 3


def test_refuses_an_archive_that_holds_too_much_in_all(tmp_path, monkeypatch):
    monkeypatch.setattr("chat.importing.reading.LARGEST_ARCHIVE", 1_000)
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a.json", "b.json"):
            archive.writestr(name, json.dumps({"x": "x" * 600}))

    with pytest.raises(NotReadable, match="too large"):
        read(path)


def test_leaves_an_image_where_it_is_that_is_too_large(tmp_path, monkeypatch):
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("files/a.png", b"x" * 101)
    opened = Opened(path)

    assert len(opened.image("files/a.png")) == 101
    monkeypatch.setattr("chat.importing.reading.LARGEST_IMAGE", 100)
    assert opened.image("files/a.png") == b""
    opened.close()


def test_refuses_a_conversation_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("chat.importing.reading.MOST_MESSAGES", 2)
    messages = [{**a_message(), "id": f"{n}"} for n in range(3)]

    [problem] = read(written(tmp_path, our_own(messages)))

    assert problem.why == "It has more than 2 messages."


@pytest.mark.parametrize(
    "order", [("conversations", "format", "version"), ("format", "conversations", "version")]
)
def test_reads_our_own_in_whatever_order(tmp_path, order):
    data = our_own([a_message()])

    [found] = read(written(tmp_path, {name: data[name] for name in order}))

    assert found.title == "Hi"


def cost(path):
    """The most memory that reading took, in bytes."""
    opened = Opened(path)
    tracemalloc.start()
    try:
        for _ in opened.conversations():
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        opened.close()


TEXT = "Some words of a message, with a sun 🌤. " * 50


def many(count):
    """Conversations in the shapes of all that can be read, some 40 kB each."""
    messages = [{**a_message(text=TEXT), "id": f"{n}", "content": TEXT} for n in range(10)]
    said = {"author": {"role": "user"}, "content": {"content_type": "text", "parts": [TEXT]}}
    nodes = {f"{n}": {"id": f"{n}", "message": said} for n in range(10)}
    history = {"history": {"messages": {each["id"]: each for each in messages}}}
    return {
        "chatgpt": [{"id": f"{n}", "mapping": nodes} for n in range(count)],
        "open-webui": [{"id": f"{n}", "chat": history} for n in range(count)],
        "webchat": {
            **our_own([]),
            "conversations": [{"id": f"{n}", "messages": messages} for n in range(count)],
        },
    }


@pytest.mark.parametrize("program", ["chatgpt", "open-webui", "webchat"])
def test_reads_a_large_file_in_little_memory(tmp_path, program):
    path = tmp_path / "file.json"
    path.write_text(json.dumps(many(250)[program], ensure_ascii=False))

    assert path.stat().st_size > 5_000_000  # 20 MB of text for Python
    assert cost(path) < 8_000_000


def test_one_conversation_takes_little_more_than_its_words(tmp_path):
    messages = [
        {"messageId": f"{n}", "isCreatedByUser": True, "text": "x" * 2_000} for n in range(2_000)
    ]
    messages[0]["text"] = "🌤"  # for which all of the file would take four times as much
    data = {"conversationId": "a", "messages": messages}
    path = tmp_path / "file.json"
    path.write_text(json.dumps(data, ensure_ascii=False))

    assert path.stat().st_size > 4_000_000
    assert cost(path) < 3 * path.stat().st_size
