"""The pages as a whole: lists, parts of long conversations, deletion and its undoing."""

import re
import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation, Defaults, Message, Role
from inference.models import Server
from tests.chat.conftest import HTMX, MODEL

OTHER = "pip-think:latest"


@pytest.fixture
def make_long(ann, server):
    """A function: a conversation of so many messages."""

    def make(count):
        conversation = Conversation.objects.create(owner=ann, title="Long", model_name=MODEL)
        messages = []
        for number in range(count):
            is_answer = number % 2 == 1
            message = Message(
                conversation=conversation,
                parent=messages[-1] if messages else None,
                role=Role.ASSISTANT if is_answer else Role.USER,
                author=None if is_answer else ann,
                text=f"message {number}.",
            )
            if is_answer:
                message.render()
            messages.append(message)
        Message.objects.bulk_create(messages)
        conversation.leaf = messages[-1]
        conversation.save()
        return conversation

    return make


@pytest.fixture
def long(make_long):
    """A conversation of 70 messages."""
    return make_long(70)


@pytest.fixture
def cost_of():
    """A function: how many queries something asks, how many rows it makes objects of, and how
    many hundred steps SQLite takes for it."""

    def cost(act):
        rows, steps = [], []

        def note(instance, **kwargs):
            rows.append(instance)

        if connection.vendor == "sqlite":
            connection.connection.set_progress_handler(lambda: steps.append(1), 100)
        post_init.connect(note)
        try:
            with CaptureQueriesContext(connection) as queries:
                act()
        finally:
            post_init.disconnect(note)
            if connection.vendor == "sqlite":
                connection.connection.set_progress_handler(None, 0)
        return len(queries), len(rows), len(steps)

    return cost


def numbers(html):
    return [int(n) for n in re.findall(r"message (\d+)\.", html)]


def ids(html):
    return re.findall(r'<article [^>]*id="message-([^"]+)"', html)


@pytest.fixture
def ann_client(ann, client_of):
    return client_of(ann)


def test_the_names_that_other_programs_rely_on(ann, ask, answer, ann_client):
    conversation = ask(ann)
    answer(conversation)
    html = ann_client.get(conversation.get_absolute_url()).content.decode()
    assert re.search(r'<textarea[^>]*aria-label="Message"', html)
    assert re.search(r'<select[^>]*aria-label="Model"', html)
    assert re.search(r'<nav[^>]*aria-label="Conversations"', html)
    assert re.search(r'role="log" aria-label="Conversation" aria-live="off"', html)
    assert re.search(r"<a [^>]*>.*<span>New chat</span></a>", html)
    assert re.search(r"<button[^>]*>.*\bSend(</span>)?</button>", html)


def test_a_long_conversation_opens_at_its_end(long, ann_client):
    html = ann_client.get(long.get_absolute_url()).content.decode()
    assert numbers(html) == list(range(40, 70))


def test_the_cost_of_opening_does_not_grow(make_long, ann_client, cost_of):
    short, longer = (make_long(count).get_absolute_url() for count in (100, 800))
    queries, rows, steps = cost_of(lambda: ann_client.get(short))
    later_queries, later_rows, later_steps = cost_of(lambda: ann_client.get(longer))
    assert queries <= 22
    assert (later_queries, later_rows) == (queries, rows)
    assert later_steps <= 1.2 * steps


def test_the_cost_of_older_messages_does_not_grow(make_long, ann_client, cost_of):
    costs = []
    for conversation in (make_long(100), make_long(800)):
        url = reverse("chat:messages", args=[conversation.pk])
        first = ids(ann_client.get(conversation.get_absolute_url()).content.decode())[0]
        get = partial(ann_client.get, f"{url}?before={first}", headers=HTMX)
        costs.append(cost_of(get))
    [(queries, rows, steps), (later_queries, later_rows, later_steps)] = costs
    assert (later_queries, later_rows) == (queries, rows)
    assert later_steps <= 1.2 * steps


def test_older_messages_come_in_parts(long, ann_client):
    url = reverse("chat:messages", args=[long.pk])
    first = ids(ann_client.get(long.get_absolute_url()).content.decode())[0]
    html = ann_client.get(f"{url}?before={first}", headers=HTMX).content.decode()
    assert numbers(html) == list(range(10, 40))
    html = ann_client.get(f"{url}?before={ids(html)[0]}", headers=HTMX).content.decode()
    assert numbers(html) == list(range(10))
    assert "Older messages" not in html


def test_older_messages_without_javascript(long, ann_client):
    html = ann_client.get(long.get_absolute_url()).content.decode()
    older = re.search(r'href="(\?before=[^"]+)"', html)[1]
    html = ann_client.get(long.get_absolute_url() + older).content.decode()
    assert numbers(html) == list(range(10, 40))


def test_a_page_is_brought_up_to_date_from_its_first_message(long, ann_client):
    url = reverse("chat:messages", args=[long.pk])
    middle = Message.objects.get(text="message 50.")
    html = ann_client.get(f"{url}?first={middle.pk}", headers=HTMX).content.decode()
    assert numbers(html) == list(range(50, 70))


def test_a_page_that_is_up_to_date_gets_only_what_follows(long, ann_client):
    url = reverse("chat:messages", args=[long.pk])
    middle = Message.objects.get(text="message 67.")
    html = ann_client.get(f"{url}?after={middle.pk}", headers=HTMX).content.decode()
    assert numbers(html) == [68, 69]


@pytest.mark.parametrize("name", ["before", "after", "first"])
@pytest.mark.parametrize("value", ["nonsense", "7b8e3fd6-6a4e-4dd5-a41a-0a5c7a4b5a11"])
def test_ids_of_elsewhere_break_nothing(long, ann_client, name, value):
    url = reverse("chat:messages", args=[long.pk])
    assert ann_client.get(f"{url}?{name}={value}", headers=HTMX).status_code in (200, 404)
    assert ann_client.get(f"{long.get_absolute_url()}?{name}={value}").status_code in (200, 302)


def test_a_message_by_itself_leads_to_its_place(long, ann_client):
    url = reverse("chat:message", args=[long.leaf_id])
    response = ann_client.get(url)
    assert response.headers["Location"] == f"{long.get_absolute_url()}#message-{long.leaf_id}"


def test_a_page_that_shows_the_text_gets_the_rest(long, ann_client):
    url = reverse("chat:message", args=[long.leaf_id])
    html = ann_client.get(f"{url}?text=kept", headers=HTMX).content.decode()
    assert f'<div class="prose" id="text-{long.leaf_id}" hx-morph-skip-children></div>' in html
    assert f'id="thought-{long.leaf_id}"' in html  # though empty: what follows is not the first
    assert "message 69." not in html
    assert "Regenerate" in html


def test_a_message_is_copied_as_it_was_written(long, ann_client):
    response = ann_client.get(reverse("chat:text", args=[long.leaf_id]))
    assert response.content == b"message 69."
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_list_is_grouped_by_day(ann, ask, answer, ann_client):
    for days in (0, 1, 5, 20, 100):
        conversation = ask(ann, f"days ago: {days}")
        answer(conversation)
        when = timezone.now() - timedelta(days=days)
        Conversation.objects.filter(pk=conversation.pk).update(updated_at=when)
    html = ann_client.get("/conversations/", headers=HTMX).content.decode()
    assert re.findall(r"<h2[^>]*>([^<]*)<", html) == [
        "Today",
        "Yesterday",
        "Last 7 days",
        "Last 30 days",
        "Older",
    ]


def test_the_list_marks_what_runs_and_what_is_ready(ann, ask, answer, ann_client):
    answer(ask(ann, "ready"))
    ask(ann, "running")
    html = ann_client.get("/conversations/", headers=HTMX).content.decode()
    assert html.count("answer ready") == 1
    assert html.count(">answering<") == 1


def test_the_list_marks_the_page_that_asks(ann, ask, ann_client):
    here = ask(ann).get_absolute_url()
    headers = HTMX | {"HX-Current-URL": f"http://testserver{here}"}
    html = ann_client.get("/conversations/", headers=headers).content.decode()
    assert f'href="{here}" aria-current="page"' in html


def test_an_empty_list_says_what_will_stand_there(ann, server, ann_client):
    assert "Your conversations will stand here" in ann_client.get("/").content.decode()


def test_a_long_list_is_shown_in_parts(ann, server, ann_client):
    Conversation.objects.bulk_create(
        Conversation(owner=ann, title=f"{n}", model_name=MODEL) for n in range(70)
    )
    html = ann_client.get("/conversations/", headers=HTMX).content.decode()
    assert html.count("<li>") == 50
    assert "count=100" in html
    html = ann_client.get("/conversations/?count=100", headers=HTMX).content.decode()
    assert html.count("<li>") == 70


def test_the_list_of_others_is_their_own(ann, bob, ask, client_of):
    ask(ann, "a secret")
    assert "a secret" not in client_of(bob).get("/").content.decode()


def test_deleting_offers_to_undo_it(ann, ask, ann_client):
    conversation = ask(ann)
    page = ann_client.post(reverse("chat:deletion", args=[conversation.pk]), follow=True)
    html = page.content.decode()
    restore = reverse("chat:restoration", args=[conversation.pk])
    assert "Conversation deleted" in html
    assert restore in html
    page = ann_client.post(restore, follow=True)
    assert page.redirect_chain == [(conversation.get_absolute_url(), 302)]


def test_undo_is_offered_only_for_a_while_and_to_the_owner(ann, bob, ask, ann_client, client_of):
    conversation = ask(ann)
    conversation.mark_deleted()
    url = f"/?deleted={conversation.pk}"
    assert "Undo" in ann_client.get(url).content.decode()
    assert "Undo" not in client_of(bob).get(url).content.decode()
    Conversation.objects.update(deleted_at=timezone.now() - timedelta(hours=1))
    assert "Undo" not in ann_client.get(url).content.decode()
    assert ann_client.get("/?deleted=nonsense").status_code == 200


def test_suggestions_fill_the_composer_without_javascript(ann, server, ann_client):
    page = ann_client.get("/").content.decode()
    link = re.search(r'href="(\?text=[^"]+)"', page)[1]
    html = ann_client.get(f"/{link}").content.decode()
    assert "Turn these notes into minutes with decisions and owners</textarea>" in html


def test_without_a_model_the_page_says_what_to_do(mod, ann, db, client_of):
    assert "ollama pull" in client_of(mod).get("/").content.decode()
    html = client_of(ann).get("/").content.decode()
    assert "No model is there yet" in html
    assert "ollama pull" not in html


def test_a_practice_server_is_named_on_every_page(ann, ask, ann_client):
    url = ask(ann).get_absolute_url()
    assert "Practice server." not in ann_client.get(url).content.decode()
    Server.objects.update(practice=True)
    for page in ("/", url):
        assert "Practice server." in ann_client.get(page).content.decode()


def test_the_next_chat_begins_with_the_model_used_last(ann, ask, answer, ann_client):
    conversation = ask(ann)
    answer(conversation)
    conversation.send(ann, "And?", "pip-think:latest", uuid.uuid4())
    html = ann_client.get("/").content.decode()
    assert '<option value="pip-think:latest" selected>' in html


def test_a_fresh_page_speaks_of_the_model_that_is_chosen_on_it(ann, server, ann_client):
    Defaults.objects.create(person=ann, settings={"options": {"num_ctx": 2048}})
    page = ann_client.get("/", {"model": OTHER}).text
    assert f"{OTHER} answers." in page
    assert "2 k tokens free" in page
    parts = ann_client.get("/", {"model": MODEL}, headers=HTMX).text
    assert f"{MODEL} answers." in parts
    assert "<html" not in parts
    parts = ann_client.get("/", {"model": MODEL, "temporary": "1"}, headers=HTMX).text
    assert "answers." not in parts
    assert f"{MODEL} answers." in ann_client.get("/", {"model": "gone\x00:latest"}).text


def test_looking_at_an_answer_makes_it_seen(ann, ask, answer, ann_client):
    conversation = ask(ann)
    answer(conversation)
    Conversation.objects.update(answered_at=timezone.now())
    ann_client.get(conversation.get_absolute_url())
    conversation.refresh_from_db()
    assert not conversation.is_ready


def test_the_theme_of_a_person_is_on_the_page(ann, server, ann_client):
    assert "data-theme" not in ann_client.get("/").content.decode()
    ann.theme = "dark"
    ann.save()
    assert 'data-theme="dark"' in ann_client.get("/").content.decode()
