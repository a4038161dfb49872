"""The page of the search and the dialog: what is found, for whom, and what can be typed."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from chat import places, thread
from chat.models import Conversation, Message
from chat.models.folder import Folder
from chat.models.tag import Tag
from chat.search import finding, form, sqlite_find, store
from tests.chat.conftest import HTMX

SEARCH = "/search/"


def page(client, q, **more):
    response = client.get(SEARCH, {"q": q, **more})
    assert response.status_code == 200
    return response.content.decode()


def excerpts(client, q, **more):
    """What is shown of each hit, with [brackets] around what is marked."""
    found = client.get(SEARCH, {"q": q, **more}).context["found"]
    return [
        "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in hit.excerpt)
        for hit in found.messages
    ]


def test_marks_the_words_and_leads_to_the_message(ann, tell, client_of):
    conversation = tell(ann)
    shown = page(client_of(ann), "rayleigh")
    assert "Because of <mark>Rayleigh</mark>." in shown
    assert f'href="/messages/{conversation.leaf_id}/place/"' in shown


def test_finds_nothing_for_others_and_sends_strangers_to_sign_in(ann, eve, tell, client, client_of):
    conversation = tell(ann)
    assert "Nothing was found." in page(client_of(eve), "rayleigh")
    place = reverse("chat:place", args=[conversation.leaf_id])
    assert client_of(eve).get(place).status_code == 404
    for address in (SEARCH, place):
        assert client.get(address).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("ray", "[Rayleigh]"),
        ('"ray"', None),
        ("RAYLEIGH", "[Rayleigh]"),
        ('"of rayleigh"', "[of Rayleigh]"),
        ('"rayleigh of"', None),
        ("because rayleigh", "[Because] of [Rayleigh]"),
        ("because einstein", None),
        ("ra", "[Rayleigh]"),
        ('"of rayleigh', "[of Rayleigh]"),
    ],
)
def test_words_beginnings_and_phrases(ann, tell, client_of, typed, marked):
    tell(ann)
    found = excerpts(client_of(ann), typed)
    assert found == ([] if marked is None else [found[0]])
    assert marked is None or marked in found[0]


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("Die Übergröße passt", "ubergrosse", "[Übergröße]"),
        ("Cafe\N{COMBINING ACUTE ACCENT} au lait", "café", "[Café]"),
        ("Das ist die Straße hier", "strasse hier", "[Straße] [hier]"),
        ("明日は東京都で会議があります", "東京", "明日は[東京]都で"),
        ("明日は東京都で会議があります", "会議があり", "[会議があり]ます"),
        ("明日は東京都で会議があります", "都", "東京[都]で"),
        ("明日は東京都で会議があります", "京東", None),
        ("がっこうへ行く", "かっこう", None),
        ("Pythonで書くコード", "python コード", "[Python]で書く[コード]"),
        ("서울에서 만나요", "서울", "[서울에서]"),
        ("हिन्दी में लिखा", "हिन्दी", "[हिन्दी] में"),
        ("สวัสดีครับ", "สวัสดี", "[สวัสดี]ครับ"),
        ("مُحَمَّد كتب", "محمد", "[مُحَمَّد] كتب"),
        ("my_function_name()", "my_function", "[my_function]_name"),
        ("Run foo.bar-baz now", "foo.bar", "[foo.bar]-baz"),
        ("İstanbul'da", "istanbul", "[İstanbul]"),
        ("Привет, мир", "привет", "[Привет], мир"),
        ("Unser Name™ und 5 ㎒", "nametm mhz", "[Name™] und 5 [㎒]"),
    ],
)
def test_every_script(ann, tell, client_of, text, typed, marked):
    tell(ann, text=text)
    found = excerpts(client_of(ann), typed)
    assert (marked is None) == (found == [])
    assert marked is None or marked in found[0]


@pytest.mark.parametrize(
    "typed",
    [
        '"', '""', "*", "a*", "AND OR NOT", "NEAR(a b)", "rayleigh AND (", "^ray", "words:ray",
        "'; DROP TABLE chat_message; --", "\\", "'\\'", "a & b | !c <-> d:*", "%s %(x)s", "\0ray\0",
        "\N{ZERO WIDTH SPACE}", "§t", "-ray", "{ray}", "<script>", "🙂", "\u202eyar",
        "x" * 5_000, "ab " * 2_000, "東" * 600, '"' * 999,
    ],
)  # fmt: skip
def test_nothing_that_is_typed_is_an_error(ann, tell, client_of, typed):
    tell(ann)
    client = client_of(ann)
    assert client.get(SEARCH, {"q": typed}).status_code == 200
    assert client.get(SEARCH, {"q": typed}, headers=HTMX).status_code == 200


def test_bytes_that_are_no_text_are_no_error(ann, tell, client_of):
    tell(ann)
    assert client_of(ann).get("/search/?q=ray%ED%A0%80%FF%00").status_code == 200


def test_what_was_said_stays_text(ann, tell, client_of):
    tell(ann, question="<img src=x onerror=alert(1)>", text="<b>bold</b> <script>alert(2)</script>")
    for headers in ({}, HTMX):
        response = client_of(ann).get(SEARCH, {"q": "alert"}, headers=headers)
        shown = response.content.decode()
        assert "<img src=x" not in shown
        assert "<script>alert" not in shown
        assert "&lt;script&gt;<mark>alert</mark>(2)" in shown


def test_what_was_typed_stays_in_the_field_as_text(ann, client_of):
    assert 'value="&quot;&gt;&lt;b&gt;x"' in page(client_of(ann), '"><b>x')


def test_the_newest_come_first_and_older_ones_on_the_next_page(ann, ask, client_of):
    conversation = ask(ann, "Begin")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(finding.MESSAGES + 3):
        Message.objects.create(
            conversation=conversation, text=f"needle {n}", created_at=start + timedelta(days=n)
        )
    client = client_of(ann)
    first = client.get(SEARCH, {"q": "needle"})
    texts = [hit.text for hit in first.context["found"].messages]
    assert texts == [f"needle {n}" for n in range(22, 2, -1)]
    second = client.get(first.context["next"]).context["found"]
    assert [hit.text for hit in second.messages] == ["needle 2", "needle 1", "needle 0"]
    assert second.more is None


def test_only_what_one_model_answered(ann, ask, answer, client_of):
    conversation = ask(ann)
    answer(conversation, "Blue it is.")
    conversation.regenerate(conversation.leaf, ann, "pip-think:latest", uuid.uuid4())
    answer(conversation, "Blue it stays.")
    client = client_of(ann)
    assert excerpts(client, "blue it", model="pip:latest") == ["[Blue] [it] is."]
    assert excerpts(client, "blue it", model="pip-think:latest") == ["[Blue] [it] stays."]
    assert excerpts(client, "blue", model="nothing:latest") == []


def test_only_some_days(ann, ask, client_of):
    conversation = ask(ann, "Begin")
    for day in (1, 2, 3):
        moment = datetime(2026, 3, day, 12, tzinfo=UTC)
        Message.objects.create(conversation=conversation, text=f"needle {day}", created_at=moment)
    client = client_of(ann)
    assert len(excerpts(client, "needle", since="2026-03-02")) == 2
    assert excerpts(client, "needle", until="2026-03-01") == ["[needle] 1"]
    assert excerpts(client, "needle", since="2026-03-02", until="2026-03-02") == ["[needle] 2"]


def test_only_in_a_folder_and_those_in_it(ann, tell, client_of):
    folder = Folder.objects.with_name(ann, "Physics")
    inner = Folder.objects.with_name(ann, "Optics", folder)
    kept = [tell(ann, text=f"Rayleigh {n}.") for n in range(3)]
    Conversation.objects.filter(pk=kept[0].pk).update(folder=folder)
    Conversation.objects.filter(pk=kept[1].pk).update(folder=inner)
    client = client_of(ann)
    assert excerpts(client, "rayleigh", folder=folder.pk) == ["[Rayleigh] 1.", "[Rayleigh] 0."]
    assert excerpts(client, "rayleigh", folder=inner.pk) == ["[Rayleigh] 1."]
    assert len(excerpts(client, "rayleigh")) == 3
    assert f'value="{inner.pk}" selected>Physics / Optics' in page(client, "x", folder=inner.pk)


@pytest.mark.parametrize("crowded", [0, 1, 3_000])
def test_only_with_a_tag(ann, tell, client_of, monkeypatch, crowded):
    monkeypatch.setattr(form, "CROWDED", crowded)
    tag, unused = (Tag.objects.with_name(ann, name) for name in ("blue", "green"))
    tell(ann)
    tell(ann, text="Rayleigh, tagged.").tags.add(tag)
    client = client_of(ann)
    assert excerpts(client, "rayleigh", tag=tag.pk) == ["[Rayleigh], tagged."]
    assert excerpts(client, "rayleigh", tag=unused.pk) == []


@pytest.mark.parametrize("others", [0, 1, 100])
def test_a_folder_with_many_conversations_is_found_in_either_way(
    ann, tell, client_of, monkeypatch, others
):
    monkeypatch.setattr(sqlite_find, "MANY", 1)
    monkeypatch.setattr(sqlite_find, "OTHERS", others)
    folder = Folder.objects.with_name(ann, "Physics")
    talks = [tell(ann, text=f"Rayleigh {n}.") for n in range(4)]
    Conversation.objects.filter(pk__in=[talks[0].pk, talks[2].pk]).update(folder=folder)
    client = client_of(ann)
    assert excerpts(client, "rayleigh", folder=folder.pk) == ["[Rayleigh] 2.", "[Rayleigh] 0."]
    assert excerpts(client, "2", folder=folder.pk) == ["Rayleigh [2]."]
    assert excerpts(client, "3", folder=folder.pk) == []


def test_of_a_crowded_folder_the_newest_conversations_are_searched(
    ann, tell, client_of, monkeypatch
):
    folder = Folder.objects.with_name(ann, "Physics")
    for n in range(3):
        tell(ann, text=f"Rayleigh {n}.")
    Conversation.objects.update(folder=folder)
    monkeypatch.setattr(form, "MOST_CONVERSATIONS", 2)
    client = client_of(ann)
    assert len(excerpts(client, "rayleigh", folder=folder.pk)) == 2
    assert "Only the newest" in page(client, "rayleigh", folder=folder.pk)


def test_folders_and_tags_of_others_cannot_be_named(ann, eve, tell, client_of):
    tell(eve)
    folder, tag = Folder.objects.with_name(ann, "Physics"), Tag.objects.with_name(ann, "blue")
    for more in ({"folder": folder.pk}, {"tag": tag.pk}, {"folder": "x"}, {"tag": "1"}):
        response = client_of(eve).get(SEARCH, {"q": "rayleigh", **more})
        assert response.status_code == 422
        assert "Physics" not in response.content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"since": "soon"},
        {"until": "2026-02-30"},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"model": "m" * 400},
        {"before": "x"},
        {"before": "9" * 40},
    ],
)
def test_a_filter_that_cannot_be_is_said_beside_it(ann, tell, client_of, more):
    tell(ann)
    response = client_of(ann).get(SEARCH, {"q": "rayleigh", **more})
    assert response.status_code == 422
    shown = response.content.decode()
    assert 'value="rayleigh"' in shown
    assert ('class="bad"' in shown) == ("before" not in more)


def test_the_dialog_gets_options(ann, tell, client_of):
    tell(ann)
    response = client_of(ann).get(SEARCH, {"q": "sky"}, headers=HTMX)
    shown = response.content.decode()
    assert shown.count('role="option"') == 2  # the title and the question
    assert "2 found" in shown
    assert "<html" not in shown


def test_says_so_where_it_takes_too_long(ann, tell, client_of, monkeypatch):
    tell(ann)

    def never(*args):
        raise store.TooLong

    monkeypatch.setattr(finding, "_ids", never)
    assert "takes too long" in page(client_of(ann), "rayleigh")


def test_a_message_opens_in_its_conversation_with_its_question(ann, tell, client_of):
    conversation = tell(ann)
    answer = conversation.leaf
    response = client_of(ann).get(reverse("chat:place", args=[answer.pk]))
    there = f"{conversation.get_absolute_url()}?at={answer.parent_id}#message-{answer.pk}"
    assert response.headers["Location"] == there
    assert f'id="message-{answer.pk}"' in client_of(ann).get(there).content.decode()


def test_a_message_of_another_version_is_shown_without_choosing_it(ann, tell, answer, client_of):
    conversation = tell(ann)
    other = conversation.leaf
    conversation.regenerate(other, ann, "pip:latest", uuid.uuid4())
    answer(conversation, "For other reasons.")
    chosen = conversation.leaf_id
    response = client_of(ann).get(reverse("chat:place", args=[other.pk]))
    shown = response.content.decode()
    assert "another version" in shown
    assert "Because of Rayleigh." in shown
    assert "For other reasons." not in shown
    assert f'action="/messages/{other.pk}/choice/"' in shown
    conversation.refresh_from_db()
    assert conversation.leaf_id == chosen


def test_a_message_far_up_is_shown_with_those_around_it(ann, tell, client_of, monkeypatch):
    conversation = tell(ann)
    parent = conversation.leaf
    for n in range(30):
        parent = Message.objects.create(
            conversation=conversation, parent=parent, role="user", author=ann, text=f"Message {n}."
        )
    conversation.leaf = parent
    conversation.save()
    monkeypatch.setattr(thread, "MOST", 20)
    up = conversation.messages.get(text="Message 3.")
    shown = client_of(ann).get(reverse("chat:place", args=[up.pk])).content.decode()
    assert "far up" in shown
    assert "Because of Rayleigh." in shown
    assert "Message 13." in shown
    assert "Message 14." not in shown
    near = conversation.messages.get(text="Message 25.")
    assert places.start_near_end(near) == near.pk
