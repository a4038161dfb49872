"""The chat's pages in German: the states that they can be in, with nothing English left."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Message
from inference import queue
from inference.models import Model, Run, Server
from inference.ollama import Usage
from inference.outcomes import WORDS
from tests.chat.conftest import HTMX, MODEL
from tests.visible_words import words_of
from tools import messages

USAGE = Usage(
    prompt_tokens=2600,
    answer_tokens=1486,
    total_ns=14_000_000_000,
    load_ns=1_000_000,
    prompt_ns=100_000_000,
    answer_ns=12_700_000_000,
)


@pytest.fixture
def ann(ann):
    ann.language, ann.time_zone = "de", "Europe/Berlin"
    ann.save()
    return ann


@pytest.fixture
def page(ann, client_of):
    """A function: a page as Ann sees it, held to being all German."""
    client = client_of(ann)
    catalog = messages.read("de")
    english = {each.id for each in catalog if each.id and each.id != each.string}

    def fetch(where="/") -> str:
        url = where if isinstance(where, str) else where.get_absolute_url()
        html = client.get(url).content.decode()
        assert '<html lang="de">' in html
        assert english.isdisjoint(words_of(html))
        return html

    return fetch


def claimed() -> Run:
    [run] = queue.claim("worker", timezone.now(), purposes=[Run.Purpose.ANSWER])
    return run


def test_a_fresh_page(server, page):
    html = page()
    assert "antwortet. Was hier geschrieben wird, verlässt dieses Netz nicht." in html
    assert "Hier stehen später die Unterhaltungen" in html
    assert 'aria-label="Nachricht"' in html


def test_a_page_without_a_model(db, page):
    assert "Noch kein Modell da" in page()


def test_the_practice_server(server, page):
    Server.objects.update(practice=True)
    assert "Übungsserver." in page()


def test_the_next_in_line(ann, ask, page):
    html = page(ask(ann))
    assert "<b>Als Nächstes an der Reihe</b>" in html
    assert "Nicht mehr warten" in html
    assert "Kontext noch nicht bekannt" in html


def test_a_place_in_line(ann, bob, eve, ask, answer, page):
    answer(ask(bob))
    ask(bob)
    claimed()
    ask(eve)
    assert re.search(r"<b>Als 2\. an der Reihe</b>, etwa \d+ s", page(ask(ann)))


def test_a_model_that_loads(ann, ask, page):
    conversation = ask(ann)
    claimed()
    html = page(conversation)
    assert f"{MODEL} wird geladen" in html
    assert "Anhalten" in html


def test_an_answer_that_runs(ann, ask, page):
    conversation = ask(ann)
    Model.objects.update(loaded=True)
    run = claimed()
    queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, "Hm.", "")], timezone.now())
    html = page(conversation)
    assert "antwortet" in html
    assert "Denkt nach …" in html


def test_the_figures_of_a_whole_answer(ann, ask, answer, page):
    Model.objects.update(num_ctx=32768, loaded=True)
    conversation = ask(ann)
    answer(conversation, usage=USAGE, done_reason="stop")
    started = conversation.leaf.run.started_at
    Run.objects.update(first_token_at=started + timedelta(seconds=0.9))
    Message.objects.update(thinking_html="<p>Hm.</p>", thought_seconds=3)
    html = page(conversation)
    assert "1.486 Tokens" in html
    assert "117,0 Tokens/s" in html
    assert "erstes Token nach 0,9 s" in html
    assert "4,1 k von 32 k Tokens" in html
    assert "3 s nachgedacht" in html
    assert "Heute" in html


def test_the_time_of_a_question(ann, ask, page):
    conversation = ask(ann)
    Message.objects.update(created_at=datetime(2026, 1, 5, 14, 5, tzinfo=UTC))
    assert re.search(r"<time [^>]*>15:05</time>", page(conversation))


@pytest.mark.parametrize(
    ("status", "text", "kind", "words"),
    [
        ("stopped", "Weil", "", "Angehalten."),
        ("stopped", "", "", "Es wurde nichts geschrieben."),
        ("interrupted", "Weil", "restart", "Der Chat wurde mitten in der Antwort neu gestartet."),
        ("failed", "", "model_missing", f"Das Modell {MODEL} ist nicht mehr auf dem Server."),
        ("failed", "Weil", "", "Fehlgeschlagen."),
        ("done", "", "", "Eine leere Antwort."),
    ],
)
def test_how_an_answer_ended(ann, ask, answer, page, status, text, kind, words):
    conversation = ask(ann)
    error = WORDS[kind] % {"model": MODEL} if kind else ""
    answer(conversation, text, status, error_kind=kind, error=error)
    assert words in page(conversation)


def test_what_ollama_said_stays_as_it_is(ann, ask, answer, page):
    conversation = ask(ann)
    error = f"{WORDS['refused']} (bad option)"
    answer(conversation, "", "failed", error_kind="refused", error=error)
    assert "Ollama konnte das nicht. (bad option)" in page(conversation)


def test_a_message_that_is_too_long(ann, server, client_of):
    send = {"text": "x" * 1_100_000}
    response = client_of(ann).post(reverse("chat:conversations"), send, headers=HTMX)
    assert "Diese Nachricht hat 1,10 MB" in response.content.decode()


def test_a_deleted_conversation_can_be_brought_back(ann, ask, client_of, page):
    conversation = ask(ann)
    client_of(ann).post(reverse("chat:deletion", args=[conversation.pk]))
    html = page(f"/?deleted={conversation.pk}")
    assert "Unterhaltung gelöscht" in html
    assert "Rückgängig" in html
