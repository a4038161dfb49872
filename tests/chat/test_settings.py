"""The settings of a conversation: who sets them, where they show, and what of them is sent."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation, Defaults
from inference import claims
from inference.models import Model, Run
from tests.chat.conftest import HTMX, MODEL
from tests.factories import a_model, a_server

NEW = "/conversations/settings/"
THINKS, LEVELS, PLAIN = "think:latest", "gpt-oss:latest", MODEL
OTHER_FAMILY = "gpt-oss:first"


@pytest.fixture
def server(db):
    """One with a plain model that has options of its own, one that thinks, one by level."""
    server = a_server()
    own = {"temperature": 0.7, "top_k": 20, "stop": ["<|im_end|>"]}
    a_model(server, PLAIN, parameters=own, context_length=8192)
    a_model(server, THINKS, capabilities=["completion", "thinking"])
    a_model(server, LEVELS, capabilities=["completion", "thinking"], family="gptoss")
    a_model(server, OTHER_FAMILY, capabilities=["completion", "thinking"], family="gpt-oss")
    return server


@pytest.fixture
def talk(ann, ask, answer):
    """A conversation of Ann's in which nothing runs."""
    conversation = ask(ann)
    answer(conversation)
    return conversation


@pytest.fixture
def asked_with(ann, talk, client_of):
    """A function: what Ollama is asked after the settings were saved and a question was sent."""

    def ask(model=MODEL, composer=None, **typed) -> dict:
        client = client_of(ann)
        if typed:
            saved = client.post(settings_of(talk), typed)
            assert saved.status_code == 302, saved.context["form"].errors
        form = {"text": "And now?", "model": model} | (composer or {})
        assert client.post(reverse("chat:messages", args=[talk.pk]), form).status_code == 302
        return sent()

    return ask


def settings_of(conversation):
    return reverse("chat:settings", args=[conversation.pk])


def sent() -> dict:
    """The body that goes to Ollama for the one run that waits."""
    [claim] = claims.look("worker", timezone.now(), limit=5).claims
    return claim.request.body()


def stored(conversation) -> dict:
    conversation.refresh_from_db()
    return conversation.settings


# --- what is sent


def test_nothing_is_sent_that_nobody_set(asked_with):
    body = asked_with()
    assert set(body) == {"model", "messages", "stream"}
    assert body["messages"][0]["role"] == "user"


def test_what_was_set_is_sent(asked_with):
    body = asked_with(temperature="0.2", seed="7", num_predict="50", num_ctx="2048", format="json")
    assert body["options"] == {"temperature": 0.2, "seed": 7, "num_predict": 50, "num_ctx": 2048}
    assert body["format"] == "json"


def test_only_what_differs_from_the_models_own_is_sent(asked_with):
    assert asked_with(temperature="0.7", top_k="40")["options"] == {"top_k": 40}


def test_stop_words_are_added_to_the_models_own(asked_with):
    assert asked_with(stop="END")["options"] == {"stop": ["<|im_end|>", "END"]}


def test_the_models_own_stop_word_alone_is_not_sent(asked_with):
    assert "options" not in asked_with(stop="<|im_end|>")


def test_the_system_prompt_comes_first(asked_with):
    roles = [each["role"] for each in asked_with(system="Be brief.")["messages"]]
    assert roles == ["system", "user", "assistant", "user"]


def test_the_system_prompt_stays_where_messages_fall_out(asked_with, talk):
    talk.messages.filter(parent=None).update(text="long " * 20_000)
    messages = asked_with(system="Be brief.")["messages"]
    assert messages[0] == {"role": "system", "content": "Be brief."}
    assert messages[-1]["content"] == "And now?"
    assert len(messages) == 2


def test_a_schema_is_sent_as_an_object(asked_with):
    schema = {"type": "object", "properties": {"z": {"type": "null"}, "a": {"type": "null"}}}
    sent_one = asked_with(format="schema", schema=json.dumps(schema))["format"]
    assert json.dumps(sent_one) == json.dumps(schema)


def test_a_smaller_model_gets_no_larger_context_than_it_has(asked_with, talk):
    Conversation.objects.update(settings={"options": {"num_ctx": 30_000}})
    assert asked_with()["options"] == {"num_ctx": 8192}


def test_who_may_set_less_than_before_gets_less(asked_with):
    Conversation.objects.update(settings={"options": {"num_predict": 1_000_000}})
    assert asked_with()["options"] == {"num_predict": 32_768}


def test_a_model_that_vanished_is_asked_for_without_settings(ann, talk, client_of):
    Conversation.objects.update(settings={"options": {"seed": 1}})
    talk.refresh_from_db()
    Model.objects.update(present=False)
    talk.send(ann, "Still there?", MODEL, None)
    assert Run.objects.latest("queued_at").parameters == {}


def test_regenerate_follows_the_settings_too(ann, talk, client_of):
    client = client_of(ann)
    client.post(settings_of(talk), {"seed": "3"})
    url = reverse("chat:regenerations", args=[talk.leaf_id])
    client.post(url, {"key": "6d9c2b9e-3f0e-4b43-9e54-3f9f9d5a8c11"})
    assert sent()["options"] == {"seed": 3}


# --- thinking


@pytest.mark.parametrize(
    ("model", "composer", "think"),
    [
        (THINKS, {"think_offered": "1", "think": "1"}, True),
        (THINKS, {"think_offered": "1"}, False),
        (THINKS, {"think_offered": "1", "think_level": "high"}, False),
        (THINKS, {}, None),
        (LEVELS, {"think_offered": "1", "think_level": "high"}, "high"),
        (OTHER_FAMILY, {"think_level": "high"}, "high"),
        (LEVELS, {"think_level": "endless"}, None),
        (PLAIN, {"think_offered": "1", "think": "1", "think_level": "high"}, None),
    ],
)
def test_thinking_is_asked_for_as_the_model_can(asked_with, model, composer, think):
    assert asked_with(model, composer).get("think") == think


@pytest.mark.parametrize(
    ("wished", "model", "think"),
    [
        (False, PLAIN, None),
        ("high", PLAIN, None),
        ("high", THINKS, True),
        (False, THINKS, False),
        (True, LEVELS, "medium"),
        (False, LEVELS, "low"),
        ("nonsense", LEVELS, "medium"),
    ],
)
def test_what_was_wished_with_another_model_is_fitted(asked_with, wished, model, think):
    Conversation.objects.update(settings={"think": wished})
    assert asked_with(model).get("think") == think


def test_thinking_is_remembered(ann, talk, asked_with, client_of):
    asked_with(THINKS, {"think_offered": "1"})
    assert stored(talk) == {"think": False}
    html = client_of(ann).get(talk.get_absolute_url()).content.decode()
    assert 'name="think" value="1" autocomplete="off">' in html


def test_the_switch_is_on_where_nobody_turned_it_off(ann, talk, client_of):
    html = client_of(ann).get(talk.get_absolute_url()).content.decode()
    assert 'name="think" value="1" autocomplete="off" checked>' in html
    assert '<option value="medium" selected>' in html
    assert f'<option class="thinks" value="{THINKS}"' in html
    assert f'<option class="levels" value="{LEVELS}"' in html
    assert f'<option value="{PLAIN}"' in html


def test_where_no_model_thinks_there_is_no_switch(ann, talk, client_of):
    Model.objects.exclude(name=PLAIN).delete()
    html = client_of(ann).get(talk.get_absolute_url()).content.decode()
    assert 'name="think' not in html


def test_a_refused_question_keeps_the_switch(ann, talk, client_of):
    form = {"text": "", "model": THINKS, "think_offered": "1"}
    response = client_of(ann).post(reverse("chat:messages", args=[talk.pk]), form, headers=HTMX)
    assert response.status_code == 422
    assert 'name="think" value="1" autocomplete="off">' in response.content.decode()


# --- the form on its page


@pytest.mark.parametrize(("headers", "start"), [({}, "<!doctype"), (HTMX, "<show-dialog>")])
def test_the_form_is_a_page_or_a_dialog(ann, talk, client_of, headers, start):
    response = client_of(ann).get(settings_of(talk), headers=headers)
    html = response.content.decode().strip()
    assert response.status_code == 200
    assert html.startswith(start)
    assert "Settings of this chat" in html
    assert "The model&#x27;s own: 0.7" in html
    assert "loaded anew" in html


def test_saving_leads_back(ann, talk, client_of):
    client, there = client_of(ann), talk.get_absolute_url()
    response = client.post(settings_of(talk), {"seed": "1"})
    assert (response.status_code, response.headers["Location"]) == (302, there)
    response = client.post(settings_of(talk), {"seed": "2"}, headers=HTMX)
    assert response.headers["HX-Redirect"] == there
    assert stored(talk) == {"options": {"seed": 2}}


@pytest.mark.parametrize(
    ("headers", "start"), [({}, "<!doctype"), (HTMX, '<form class="stack form settings"')]
)
def test_what_is_wrong_is_said_at_its_field_and_kept(ann, talk, client_of, headers, start):
    typed = {"temperature": "hot", "system": "Be brief.", "format": "schema", "schema": "{no"}
    response = client_of(ann).post(settings_of(talk), typed, headers=headers)
    html = response.content.decode().strip()
    assert response.status_code == 422
    assert html.startswith(start)
    assert "Write a number from 0 to 2." in html
    assert "This is not JSON: line 1, column 2." in html
    assert 'value="hot"' in html
    assert 'id="id_temperature_error"' in html
    assert "Be brief." in html
    assert "{no</textarea>" in html
    assert stored(talk) == {}


def test_hostile_text_is_shown_as_text(ann, talk, client_of):
    evil = '</textarea><script>alert(1)</script>"'
    client = client_of(ann)
    client.post(settings_of(talk), {"system": evil, "stop": evil})
    typed = {"system": evil, "seed": evil, "schema": evil, "format": "schema"}
    for html in (
        client.get(settings_of(talk)).content.decode(),
        client.post(settings_of(talk), typed).content.decode(),
        client.get(talk.get_absolute_url()).content.decode(),
    ):
        assert "<script>alert(1)" not in html


def test_all_can_be_left_to_the_model_again(ann, talk, client_of):
    Conversation.objects.update(settings={"options": {"seed": 1}, "think": False})
    client_of(ann).post(settings_of(talk), {"reset": "1", "temperature": "hot"})
    assert stored(talk) == {"think": False}


def test_saving_while_an_answer_runs_concerns_the_next_one(ann, ask, client_of):
    conversation = ask(ann)
    client_of(ann).post(settings_of(conversation), {"seed": "1"})
    assert "options" not in sent()


def test_what_differs_shows_above_the_composer(ann, talk, client_of):
    client = client_of(ann)
    client.post(settings_of(talk), {"temperature": "0.2", "top_k": "20", "format": "json"})
    html = client.get(talk.get_absolute_url()).content.decode()
    assert "<span>Temperature 0.2, JSON</span>" in html
    client.post(settings_of(talk), {"reset": "1"})
    assert "in-force" not in client.get(talk.get_absolute_url()).content.decode()


def test_choosing_a_model_shows_anew_what_differs_from_its_own(ann, talk, client_of):
    client = client_of(ann)
    client.post(settings_of(talk), {"temperature": "0.2"})
    choose = reverse("chat:model", args=[talk.pk])
    html = client.post(choose, {"model": MODEL}, headers=HTMX).content.decode()
    assert 'hx-target="#differing"' in html
    assert "<span>Temperature 0.2</span>" in html


# --- new chats


def test_settings_can_be_used_for_new_chats_too(ann, bob, talk, client_of):
    client_of(ann).post(settings_of(talk), {"temperature": "0.1", "for_new_chats": "on"})
    client_of(ann).post("/conversations/", {"text": "A new one", "model": MODEL})
    assert sent()["options"] == {"temperature": 0.1}
    assert Defaults.of(bob) == {}


def test_they_have_a_page_of_their_own(ann, server, client_of):
    client = client_of(ann)
    assert "Settings of my new chats" in client.get(NEW).content.decode()
    assert client.get(NEW, headers=HTMX).content.decode().startswith("<show-dialog>")
    assert client.post(NEW, {"seed": "x"}).status_code == 422
    assert client.post(NEW, {"system": "Be kind."}).headers["Location"] == "/"
    assert client.post(NEW, {"seed": "5"}, headers=HTMX).headers["HX-Redirect"] == "/"
    assert Defaults.of(ann) == {"options": {"seed": 5}}
    assert "<span>Seed 5</span>" in client.get("/").content.decode()
    client.post(NEW, {"reset": "1"})
    assert Defaults.of(ann) == {}


def test_a_chat_that_has_begun_keeps_its_own(ann, talk, client_of):
    client_of(ann).post(NEW, {"seed": "5"})
    assert stored(talk) == {}


def test_works_while_no_model_is_there(ann, db, client_of):
    assert client_of(ann).get(NEW).status_code == 200
    assert client_of(ann).post(NEW, {"seed": "5"}).status_code == 302


# --- who may


@pytest.mark.parametrize("other", ["bob", "eve", "admin"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_others_find_nothing(request, talk, client_of, other, headers):
    client = client_of(request.getfixturevalue(other))
    assert client.get(settings_of(talk), headers=headers).status_code == 404
    assert client.post(settings_of(talk), {"seed": "1"}, headers=headers).status_code == 404
    assert stored(talk) == {}


def test_a_stranger_is_sent_to_sign_in(talk, client):
    for url in (settings_of(talk), NEW):
        for response in (client.get(url), client.post(url, {"seed": "1"})):
            assert response.status_code == 302
            assert response.headers["Location"].startswith(reverse("accounts:sign_in"))


def test_a_form_without_its_token_is_refused(ann, talk, client_of):
    client = client_of(ann, enforce_csrf_checks=True)
    assert client.post(settings_of(talk), {"seed": "1"}).status_code == 403
    assert client.post(NEW, {"seed": "1"}).status_code == 403


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(ann, talk, client_of, method):
    assert getattr(client_of(ann), method)(settings_of(talk)).status_code == 405


def test_a_deleted_conversation_has_none(ann, talk, client_of):
    talk.mark_deleted()
    assert client_of(ann).get(settings_of(talk)).status_code == 404


# --- kept as a model


def test_managers_may_keep_the_settings_as_a_model(mod, ask, client_of):
    html = client_of(mod).get(settings_of(ask(mod))).content.decode()
    assert f'name="source" value="{MODEL}" formaction="/models/create/drafts/"' in html
    assert "Keep as a model" in html


def test_members_are_not_offered_that(ann, talk, client_of):
    assert "Keep as a model" not in client_of(ann).get(settings_of(talk)).content.decode()
