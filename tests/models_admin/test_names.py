"""Names are checked before a server hears of them."""

import pytest
from django.core.exceptions import ValidationError

from models_admin import names


@pytest.fixture
def listed(settings):
    settings.REGISTRIES = {"registry.ollama.ai": "https", "registry.lan:5000": "http"}
    return settings


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (" llama3.2 ", "llama3.2:latest"),
        ("Alice/Model:1b", "Alice/Model:1b"),
        ("registry.lan:5000/team/pip", "registry.lan:5000/team/pip:latest"),
        ("http://registry.lan:5000/team/pip", "registry.lan:5000/team/pip:latest"),
        ("REGISTRY.ollama.ai/library/pip", "pip:latest"),
    ],
)
def test_takes_what_the_grammar_and_the_list_allow(listed, typed, shown):
    assert str(names.checked(typed)) == shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Give the model a name"),
        ("llama 3", "cannot hold a space"),
        ("лама", "cannot hold “л”"),
        ("a" * 300, "300 characters long"),
        ("pip:", "tag is empty"),
        ("a/b/c/d", "three parts"),
        ("evil.example/a/b", "registry evil.example is not on this installation's list"),
        ("evil.example:80/a/b", "evil.example:80"),
        ("http://registry.ollama.ai/library/pip", "not used over plain http"),
        ("gpt-oss:120b-cloud", "would run on the servers of ollama.com"),
        ("pip\x00", "cannot hold U\\+0000"),
    ],
)
def test_says_what_is_wrong_with_a_name(listed, typed, words):
    with pytest.raises(ValidationError, match=words):
        names.checked(typed)


def test_models_that_run_elsewhere_are_a_setting(listed):
    listed.ALLOW_REMOTE_MODELS = True
    assert names.checked("gpt-oss:120b-cloud").is_cloud


def test_what_is_made_here_needs_no_registry_on_the_list(settings):
    settings.REGISTRIES = {"registry.lan:5000": "http"}
    assert str(names.checked_for_here("team/pip")) == "team/pip:latest"
    for elsewhere in ("evil.example/a/b", "http://registry.ollama.ai/library/pip", "a:cloud"):
        with pytest.raises(ValidationError):
            names.checked_for_here(elsewhere)


def test_a_model_that_is_there_may_have_any_host():
    assert names.parsed("evil.example/a/b").is_remote


def test_knows_which_registries_speak_plain_http(listed):
    assert names.is_plain_http(names.checked("registry.lan:5000/team/pip"))
    assert not names.is_plain_http(names.checked("pip"))
