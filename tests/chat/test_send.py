"""Asking: the composer's POST, with htmx and without JavaScript."""

import re
import uuid
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from chat.models import Conversation
from inference.models import Model
from tests.chat.conftest import HTMX, MODEL

CREATE = "/conversations/"


@pytest.fixture
def talk(ann, ask, answer):
    """A conversation of Ann's in which nothing runs."""
    conversation = ask(ann)
    answer(conversation)
    return conversation


def send_to(conversation):
    return reverse("chat:messages", args=[conversation.pk])


def test_a_first_question_leads_to_its_conversation(ann, server, client_of):
    response = client_of(ann).post(CREATE, {"text": "Why?", "model": MODEL, "key": uuid.uuid4()})
    conversation = Conversation.objects.get()
    assert (response.status_code, response.headers["Location"]) == (
        302,
        conversation.get_absolute_url(),
    )


def test_a_first_question_by_htmx_leads_there_too(ann, server, client_of):
    response = client_of(ann).post(CREATE, {"text": "Why?"}, headers=HTMX)
    assert response.headers["HX-Redirect"] == Conversation.objects.get().get_absolute_url()


def test_the_form_works_as_it_stands_on_the_page(ann, server, client_of):
    client = client_of(ann)
    page = client.get("/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    for _ in range(2):
        client.post(CREATE, {"text": "Why?", "key": key})
    assert Conversation.objects.get().title == "Why?"


def test_send_answers_with_a_fresh_composer_only(ann, talk, client_of):
    key = str(uuid.uuid4())
    response = client_of(ann).post(send_to(talk), {"text": "And now?", "key": key}, headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 200
    assert html.strip().startswith('<form id="compose"')
    assert "And now?" not in html
    assert key not in html


def test_send_without_javascript_goes_back_to_the_page(ann, talk, client_of):
    client = client_of(ann)
    response = client.post(send_to(talk), {"text": "And now?", "key": uuid.uuid4()}, follow=True)
    assert response.redirect_chain == [(talk.get_absolute_url(), 302)]
    assert "And now?" in response.content.decode()


def test_a_repeated_send_answers_as_the_first_did(ann, talk, client_of):
    client, form = client_of(ann), {"text": "And now?", "key": uuid.uuid4()}
    statuses = [client.post(send_to(talk), form, headers=HTMX).status_code for _ in range(2)]
    assert statuses == [200, 200]
    assert talk.messages.count() == 4


def test_another_text_with_the_same_key_is_no_repetition(ann, talk, answer, client_of):
    client, key = client_of(ann), uuid.uuid4()
    for text in ("And now?", "And then?"):
        assert (
            client.post(send_to(talk), {"text": text, "key": key}, headers=HTMX).status_code == 200
        )
        answer(talk)
    assert talk.messages.filter(text__startswith="And ").count() == 2


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_while_an_answer_runs_the_text_is_kept(ann, ask, client_of, headers):
    key = str(uuid.uuid4())
    response = client_of(ann).post(
        send_to(ask(ann)), {"text": "Hurry\nup", "key": key}, headers=headers
    )
    html = response.content.decode()
    assert response.status_code == 409
    assert "An answer is running." in html
    assert "Hurry\nup</textarea>" in html
    assert key in html


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("text", ["", "  \n\n ", "\0", "\u200b\u2060 \u202e\ufeff"], ids=ascii)
def test_an_empty_message_is_refused(ann, talk, client_of, text, headers):
    response = client_of(ann).post(send_to(talk), {"text": text}, headers=headers)
    assert response.status_code == 422
    assert "Write a message first." in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_message_that_is_too_long_is_refused_and_kept(ann, talk, client_of, headers):
    text = "x" * 1_100_000
    response = client_of(ann).post(send_to(talk), {"text": text}, headers=headers)
    assert response.status_code == 422
    assert "1.10 MB" in response.content.decode()
    assert text in response.content.decode()


def test_a_megabyte_is_accepted(ann, talk, client_of):
    response = client_of(ann).post(send_to(talk), {"text": "x" * 1_000_000}, headers=HTMX)
    assert response.status_code == 200


def test_a_megabyte_beyond_ascii_is_accepted_as_browsers_send_it(ann, talk, client_of):
    form = urlencode({"text": "é" * 500_000, "key": uuid.uuid4()})
    kind = "application/x-www-form-urlencoded"
    response = client_of(ann).post(send_to(talk), form, content_type=kind, headers=HTMX)
    assert response.status_code == 200


def test_text_is_cleaned(ann, talk, client_of):
    client_of(ann).post(send_to(talk), {"text": "\r\na\0b\r\nc\n"}, headers=HTMX)
    talk.refresh_from_db()
    assert talk.leaf.parent.text == "ab\nc"


def test_a_model_that_went_away_is_named(ann, talk, client_of):
    response = client_of(ann).post(
        send_to(talk), {"text": "Why?", "model": "gone:latest"}, headers=HTMX
    )
    assert response.status_code == 422
    assert "The model gone:latest is not here any more." in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_without_any_model_the_text_is_kept(ann, db, client_of, headers):
    response = client_of(ann).post(CREATE, {"text": "Why?"}, headers=headers)
    assert response.status_code == 422
    assert "No model is there to answer yet." in response.content.decode()
    assert "Why?</textarea>" in response.content.decode()


def test_a_model_without_completion_cannot_be_asked(ann, server, client_of):
    Model.objects.create(server=server, name="embed:latest", capabilities=["embedding"])
    response = client_of(ann).post(CREATE, {"text": "Why?", "model": "embed:latest"})
    assert response.status_code == 422


@pytest.mark.parametrize("key", ["", "not a key"])
def test_a_stale_form_is_sent_or_refused_but_never_breaks(ann, talk, client_of, key):
    response = client_of(ann).post(send_to(talk), {"text": "Why?", "key": key}, headers=HTMX)
    assert response.status_code in (200, 422)


def test_choosing_a_model_is_remembered(ann, talk, client_of):
    url = reverse("chat:model", args=[talk.pk])
    client = client_of(ann)
    assert client.post(url, {"model": "pip-think:latest"}, headers=HTMX).status_code == 200
    page = client.get(talk.get_absolute_url()).content.decode()
    assert '<option value="pip-think:latest" selected>' in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_choosing_a_model_that_is_not_there_is_refused(ann, talk, client_of, headers):
    url = reverse("chat:model", args=[talk.pk])
    refused = client_of(ann).post(url, {"model": "gone"}, headers=headers)
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "The model gone is not here any more. Choose another one." in html
    assert ("</html>" in html) == (not headers)


def test_what_was_deleted_can_be_asked_again_from_a_page_that_the_browser_kept(ann, server):
    key = uuid.uuid4()
    first = Conversation.start(ann, "Why?", MODEL, key)
    first.mark_deleted()

    again = Conversation.start(ann, "Why?", MODEL, key)

    assert again != first
    assert again.messages.count() == 2
