"""Saved prompts: a person's own, with variables that are asked for when one is used."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from chat.models import PromptRefused, SavedPrompt
from tests.chat.conftest import HTMX

LIST, NEW, OFFERED = "chat:prompts", "chat:new_prompt", "chat:offered_prompts"


@pytest.fixture
def minutes(ann):
    return SavedPrompt.objects.make(ann, "Minutes", "Minutes of {{ topic }} for {{who}}: {{topic}}")


def at(prompt, name="chat:prompt"):
    return reverse(name, args=[prompt.pk])


def test_a_new_one_is_listed_and_offered(ann, client_of):
    client = client_of(ann)
    saved = client.post(reverse(NEW), {"name": " Kind  reply ", "text": "\nBe kind:\r\n{{mail}}\n"})
    assert saved.headers["Location"] == reverse(LIST)
    prompt = SavedPrompt.objects.get()
    assert (prompt.name, prompt.text) == ("Kind reply", "Be kind:\n{{mail}}")
    for page in (LIST, OFFERED):
        assert "Kind reply" in client.get(reverse(page)).content.decode()


def test_variables_are_asked_for_once_each(minutes):
    assert minutes.variables == ["topic", "who"]


@pytest.mark.parametrize(
    "text", ["{{}}", "{{ }}", "{{a\nb}}", "{a}", "{{{{", "{{" + "x" * 61 + "}}"]
)
def test_what_is_no_variable_stays_as_it_stands(text):
    prompt = SavedPrompt(text=text)
    assert prompt.variables == []
    assert prompt.filled({}) == text


def test_values_are_put_in_and_not_looked_through_again(ann, client_of, minutes):
    form = {"value": ["{{who}}", "Bob"]}
    filled = client_of(ann).post(at(minutes, "chat:prompt_filling"), form, headers=HTMX)
    assert filled.content.decode() == "Minutes of {{who}} for Bob: {{who}}"
    assert filled.headers["Content-Type"].startswith("text/plain")


def test_without_javascript_the_text_stands_in_a_fresh_composer(ann, client_of, minutes, server):
    client = client_of(ann)
    asked = client.get(at(minutes, "chat:prompt_filling")).content.decode()
    assert ">topic</span>" in asked
    form = {"value": ["<i>plans</i>", "Bob"]}
    page = client.post(at(minutes, "chat:prompt_filling"), form).content.decode()
    assert "Minutes of &lt;i&gt;plans&lt;/i&gt; for Bob" in page


def test_values_that_make_it_too_long_are_refused_and_kept(ann, client_of, minutes):
    form = {"value": ["x" * 600_000, "Bob"]}
    refused = client_of(ann).post(at(minutes, "chat:prompt_filling"), form, headers=HTMX)
    assert refused.status_code == 422
    assert "more than 1 MB" in refused.content.decode()
    assert "Bob</textarea>" in refused.content.decode()


def test_it_can_be_changed_and_deleted(ann, client_of, minutes):
    client = client_of(ann)
    client.post(at(minutes), {"name": "MINUTES", "text": "Short minutes"})
    minutes.refresh_from_db()
    assert (minutes.name, minutes.text) == ("MINUTES", "Short minutes")
    client.post(at(minutes, "chat:prompt_removal"))
    assert not SavedPrompt.objects.exists()


@pytest.mark.parametrize("name", ["minutes", "ＭＩＮＵＴＥＳ"])
def test_a_name_is_there_once_whatever_its_case(ann, client_of, minutes, name):
    refused = client_of(ann).post(reverse(NEW), {"name": name, "text": "What I typed"})
    assert refused.status_code == 422
    assert "already" in refused.content.decode()
    assert "What I typed" in refused.content.decode()
    assert SavedPrompt.objects.count() == 1


def test_two_people_may_use_one_name(bob, minutes):
    assert SavedPrompt.objects.make(bob, "Minutes", "Mine").owner == bob


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "text": "x"},
        {"name": "x" * 61, "text": "x"},
        {"name": "x", "text": " \n "},
        {"name": "x", "text": "x" * 20_001},
        {"name": "\0", "text": "x"},
        {},
    ],
)
def test_what_cannot_be_saved_is_refused_at_its_field(ann, client_of, form):
    refused = client_of(ann).post(reverse(NEW), form)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert not SavedPrompt.objects.exists()


def test_a_hostile_name_is_text(ann, client_of):
    SavedPrompt.objects.make(ann, "<script>x", '{{"><img src=x>}}')
    client = client_of(ann)
    prompt = SavedPrompt.objects.get()
    for url in (reverse(LIST), reverse(OFFERED), at(prompt), at(prompt, "chat:prompt_filling")):
        html = client.get(url).content.decode()
        assert "<script>x" not in html
        assert "<img src=x" not in html


def test_there_is_a_most(ann, client_of, monkeypatch, minutes):
    monkeypatch.setattr("chat.models.saved_prompt.MOST", 1)
    refused = client_of(ann).post(reverse(NEW), {"name": "Two", "text": "Two"})
    assert "Delete some first" in refused.content.decode()


def test_nobody_else_sees_or_changes_one(eve, client_of, minutes):
    client = client_of(eve)
    for page in (LIST, OFFERED):
        assert "Minutes" not in client.get(reverse(page)).content.decode()
    for name in ("chat:prompt", "chat:prompt_filling", "chat:prompt_removal"):
        form = {"name": "Eve's", "text": "x"}
        assert client.post(at(minutes, name), form).status_code == 404
    for name in ("chat:prompt", "chat:prompt_filling"):
        assert client.get(at(minutes, name)).status_code == 404
    assert SavedPrompt.objects.get().name == "Minutes"


def test_a_stranger_is_asked_to_sign_in(minutes):
    pages = [reverse(name) for name in (LIST, NEW, OFFERED)]
    for url in [*pages, at(minutes), at(minutes, "chat:prompt_filling")]:
        assert "/sign-in/" in Client().get(url).headers["Location"]


@pytest.mark.django_db(transaction=True)
def test_of_one_name_saved_twice_at_once_one_stays(ann):
    def make(n):
        try:
            return SavedPrompt.objects.make(ann, "Minutes", f"text {n}")
        except PromptRefused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(make, range(4)))
    assert sum(isinstance(each, SavedPrompt) for each in results) == 1
    assert SavedPrompt.objects.count() == 1


@pytest.mark.parametrize("text", ["", "{{a}}", "{{ a }} é {{a}}{{b}}{{c}}", "{{a}} {{ b"])
def test_the_size_is_known_before_it_is_filled_in(text):
    values = {"a": "語", "b": ""}
    prompt = SavedPrompt(text=text)
    assert prompt.size_filled(values) == len(prompt.filled(values).encode())


def test_a_value_for_many_places_takes_no_memory_for_each(ann, client_of):
    prompt = SavedPrompt.objects.make(ann, "Echo", "{{a}}" * 4_000)
    client = client_of(ann)
    tracemalloc.start()
    try:
        refused = client.post(at(prompt, "chat:prompt_filling"), {"value": "x" * 60_000})
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.status_code == 422
    assert peak < 50_000_000
