"""Reading other programs' exports, and our own, from samples of the shapes that they document."""

import zipfile
from pathlib import Path

import pytest

from chat.exporting import record
from chat.importing import storing
from chat.importing.parsed import NotReadable
from chat.importing.reading import Opened, Problem
from chat.models import Conversation, Message
from tests.chat.imported import read, written

SAMPLES = Path(__file__).parent / "imports"


def stored(person, path):
    opened = Opened(path)
    made = [storing.store(person.pk, found, opened.image) for found in opened.conversations()]
    opened.close()
    return made


def shown(conversation):
    path = Message.objects.path_to(conversation.leaf_id)
    return [(message.role, message.text, message.model_name) for message in path]


@pytest.mark.parametrize(
    ("sample", "title", "path"),
    [
        (
            "open-webui.json",
            "🌤️ Why the sky is blue",
            [
                ("user", "Why is the sky blue?", ""),
                ("assistant", "Because of **Rayleigh** scattering.", "qwen3:8b"),
                ("user", "And at night?", ""),
                ("assistant", "It is dark.", "qwen3:8b"),
            ],
        ),
        (
            "librechat.json",
            "Dice in Python",
            [
                ("user", "Throw a die in Python", ""),
                ("assistant", "Use `random.choice`.", "mistral:7b"),
                ("user", "Two dice?", ""),
                ("assistant", "Call it twice.", "mistral:7b"),
            ],
        ),
        (
            "chatgpt.json",
            "Fibonacci",
            [
                ("user", "The first Fibonacci numbers?", ""),
                ("assistant", "0, 1, 1, 2, 3, 5", "o3"),
                ("user", "And this picture?", ""),
                ("assistant", "A spiral.", "gpt-4o"),
            ],
        ),
    ],
)
def test_a_sample_comes_whole(ann, sample, title, path):
    [conversation] = stored(ann, SAMPLES / sample)
    assert conversation.title == title
    assert conversation.owner == ann
    assert shown(conversation) == path


def test_thinking_is_told_from_the_answer(ann):
    for sample, thought in [
        ("open-webui.json", "Light is\nscattered."),
        ("chatgpt.json", "Add the two before."),
        ("librechat.json", "random.randint"),
    ]:
        [conversation] = stored(ann, SAMPLES / sample)
        assert thought in conversation.messages.values_list("thinking", flat=True)


def test_versions_stay_beside_each_other(ann):
    [conversation] = stored(ann, SAMPLES / "open-webui.json")
    question = conversation.messages.get(parent=None)
    assert question.children.count() == 2


def test_an_image_in_the_file_is_attached(ann, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    [conversation] = stored(ann, SAMPLES / "open-webui.json")
    question = conversation.messages.get(parent=None)
    assert question.attachment_count == 1
    assert question.attachments.get().is_image


@pytest.mark.parametrize("sample", ["open-webui.json", "librechat.json", "chatgpt.json"])
def test_nothing_comes_twice(ann, bob, sample):
    assert stored(ann, SAMPLES / sample) != [None]
    assert stored(ann, SAMPLES / sample) == [None]
    assert stored(bob, SAMPLES / sample) != [None]  # it is only hers


def test_our_own_export_is_what_it_was(ann, bob, ask, answer, tmp_path):
    conversation = ask(ann)
    answer(conversation)
    Message.objects.get(pk=conversation.leaf_id).rate("down", "Short")
    whole = record.document([record.record_of(conversation)])
    path = written(tmp_path, whole)
    assert stored(ann, path) == [None]  # it is here
    [copy] = stored(bob, path)
    assert shown(copy) == shown(conversation)
    assert copy.created_at == conversation.created_at
    rated = Message.objects.get(pk=copy.leaf_id)
    assert (rated.rating, rated.rating_reason) == ("down", "Short")


def test_a_zip_is_read_and_its_images_are_found(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(SAMPLES / "chatgpt.json", "conversations.json")
        archive.writestr("user.json", "{}")
        archive.writestr("files/a.png", b"image")
    assert [each.title for each in read(path)] == ["Fibonacci"]
    opened = Opened(path)
    assert opened.image("files/a.png") == b"image"
    assert opened.image("../../etc/passwd") == b""
    opened.close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        ((SAMPLES / "chatgpt.json").read_bytes()[:400], "cut off"),
        (b"[" * 200_000, "deeply"),
        (b"{}", "No conversations"),
        (b"[]", "No conversations"),
        (b"3", "No conversations"),
        (b"PK\x03\x04 no zip", "damaged"),
        (b'{"format": "webchat", "version": 9, "conversations": []}', "newer"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(tmp_path, content, says):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(NotReadable, match=says):
        read(path)


def test_a_zip_that_is_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("chat.importing.reading.LARGEST_JSON", 1000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", b" " * 100_000)
    with pytest.raises(NotReadable, match="too large"):
        read(path)


def entry(messages, **fields):
    return {
        "format": "webchat",
        "version": 1,
        "conversations": [{"id": "one", "title": "One", "messages": messages, **fields}],
    }


def said(key, parent, role="user", text="x"):
    return {"id": key, "parent": parent, "role": role, "text": text}


@pytest.mark.parametrize(
    "conversation",
    [None, 3, {}, {"id": "x"}, {"id": "x", "messages": [3]}, {"id": "x", "messages": {"a": 1}}],
)
def test_a_conversation_that_is_none_is_a_problem_and_no_more(tmp_path, conversation):
    good = entry([said("a", None)])
    good["conversations"].insert(0, conversation)
    problem, found = read(written(tmp_path, good))
    assert isinstance(problem, Problem)
    assert found.title == "One"


def test_a_circle_of_parents_is_cut(ann, tmp_path):
    circle = [said("a", "b"), said("b", "a", "assistant")]
    [conversation] = stored(ann, written(tmp_path, entry(circle)))
    assert len(shown(conversation)) >= 2


def test_ten_thousand_messages_in_a_row_are_read(tmp_path):
    row = [
        said(str(n), str(n - 1) if n else None, "assistant" if n % 2 else "user")
        for n in range(10_000)
    ]
    [found] = read(written(tmp_path, entry(row[::-1])))
    assert [each.id for each in found.messages[:2]] == ["0", "1"]
    assert found.shown == "9999"


def test_an_answer_without_a_question_gets_one(ann, tmp_path):
    [conversation] = stored(ann, written(tmp_path, entry([said("a", None, "assistant", "Hello")])))
    assert [role for role, *_ in shown(conversation)] == ["user", "assistant"]


def test_what_a_database_could_stumble_over_is_cleaned(ann, tmp_path):
    calls = [{"function": {"name": "look\0", "arguments": {"\0at": "\ud800"}}}]
    asked = said("a\0", None, text="a\0b\ud800")
    answered = said("b", "a\0", "assistant", "Yes.") | {"tool_calls": calls}
    path = written(tmp_path, entry([asked, answered], id="\0one", title="T\0itle"))
    [conversation] = stored(ann, path)
    assert shown(conversation)[0] == ("user", "ab\N{REPLACEMENT CHARACTER}", "")
    assert conversation.title == "Title"
    [call] = conversation.leaf.tool_calls
    assert call["function"] == {
        "name": "look",
        "arguments": {"at": "\N{REPLACEMENT CHARACTER}"},
    }


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ("warm", {}),
        ({"options": {"num_predict": -1, "temperature": 0.5}}, {"options": {"temperature": 0.5}}),
        ({"options": {"temperature": "hot", "top_k": True, "keep_alive": -1}}, {}),
        (
            {"options": {"stop": ["a", 1]}, "think": "low"},
            {"options": {"stop": ["a"]}, "think": "low"},
        ),
        ({"options": ["seed"], "system": {"a": 1}, "format": 5, "think": []}, {}),
        ({"system": "Be brief.", "format": "{", "other": 1}, {"system": "Be brief."}),
        ({"format": '{"type": "object"}'}, {"format": '{"type":"object"}'}),
    ],
)
def test_settings_are_held_to_what_the_form_would_store(ann, tmp_path, settings, kept):
    path = written(tmp_path, entry([said("a", None)], settings=settings))
    [conversation] = stored(ann, path)
    assert conversation.settings == kept


def test_script_in_it_is_inert(ann, client_of, tmp_path):
    evil = [said("a", None, text="<script>1</script>")]
    evil.append(said("b", "a", "assistant", "<script>2</script><img src=x onerror=3>"))
    [conversation] = stored(ann, written(tmp_path, entry(evil, title="<script>4</script>")))
    page = client_of(ann).get(conversation.get_absolute_url()).content.decode()
    assert "<script>1" not in page
    assert "<script>2" not in page
    assert "<script>4" not in page
    assert "<img src=x" not in page
    assert Conversation.objects.visible_to(ann).count() == 1


def chatgpt(*messages, **more):
    """One conversation, each message below the one before."""
    nodes = {
        str(number): {
            "id": str(number),
            "parent": str(number - 1) if number else None,
            "children": [],
            "message": {"author": {"role": "assistant"}, "recipient": "all", **message},
        }
        for number, message in enumerate(messages)
    }
    current = str(len(messages) - 1)
    return {"id": "c", "title": "T", "current_node": current, "mapping": nodes, **more}


def a_part(text, **more):
    return {"content": {"content_type": "text", "parts": [text]}, **more}


ASKED = a_part("What?", author={"role": "user"})


@pytest.mark.parametrize(
    ("message", "text", "thinking"),
    [
        (a_part("{}", recipient="dalle.text2im"), "", ""),
        (a_part("{}", recipient="bio"), "", ""),
        (
            {"content": {"content_type": "code", "text": "1 + 1"}, "recipient": "python"},
            "1 + 1",
            "",
        ),
        ({"content": {"content_type": "reasoning_recap", "content": "Thought for 4 s"}}, "", ""),
        ({"content": {"content_type": "thoughts", "thoughts": "A hunch."}}, "", "A hunch."),
        (a_part("So\ue200cite\ue202turn0search1\ue202turn0news2\ue201."), "So.", ""),
        ({"content": {"content_type": "user_editable_context", "user_profile": "me"}}, "", ""),
    ],
    ids=["an image's prompt", "a memory", "code", "a recap", "a hunch", "a citation", "a profile"],
)
def test_of_chatgpts_messages_what_people_read_is_kept(tmp_path, message, text, thinking):
    [found] = read(written(tmp_path, [chatgpt(ASKED, a_part("Well."), message)]))
    said, thought = found.messages[-1].text, found.messages[-1].thinking
    assert said.removeprefix("Well.").strip("`\n") == text
    assert thought == thinking


def test_a_list_of_chatgpts_may_be_wrapped_and_begin_with_a_damaged_one(tmp_path):
    whole = chatgpt(ASKED, a_part("Well."), default_model_slug="gpt-5")
    data = {"conversations": [{"id": "d", "title": "Damaged"}, whole]}
    damaged, found = read(written(tmp_path, data))
    assert isinstance(damaged, Problem)
    assert found.model == "gpt-5"


def test_what_tools_did_is_told_from_what_open_webui_said(tmp_path):
    content = (
        '<details type="reasoning" done="true" duration="3">\n<summary>Thought</summary>\n'
        "&gt; Is 1 &lt; 2?\n&gt; Yes.\n</details>\n"
        '<details type="tool_calls" done="true" id="a" name="look" arguments="&quot;{}&quot;"'
        ' result="&quot;rain&quot;">\n<summary>Tool Executed</summary>\n</details>\n'
        '<details type="code_interpreter" done="true">\n<summary>Analyzed</summary>\n'
        "```python\n1 < 2\n```\n</details>\n"
        '<details type="mine"><summary>More</summary>It rains.</details>'
    )
    messages = {
        "q": {"id": "q", "parentId": None, "role": "user", "content": "Rain?"},
        "a": {"id": "a", "parentId": "q", "role": "assistant", "content": content},
    }
    chat = {"models": ["m"], "history": {"currentId": "a", "messages": messages}}
    [found] = read(written(tmp_path, [{"id": "c", "title": "T", "chat": chat}]))
    answer = found.messages[-1]
    assert answer.thinking == "Is 1 < 2?\nYes."
    assert answer.text == (
        '```python\n1 < 2\n```\n\n<details type="mine"><summary>More</summary>It rains.</details>'
    )
