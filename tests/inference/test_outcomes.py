"""The words for a run that went wrong, which every member reads."""

import pytest
from django.utils import translation

from inference import outcomes
from inference.models import Run
from inference.ollama import BadAnswer, NoSpace, OllamaError, Refused, Unreachable
from inference.ollama.errors import RegistryUnreachable


def test_paths_and_addresses_of_the_server_are_not_shown():
    said = 'open /usr/share/ollama/blobs/sha256-1: Get "http://10.0.0.7:11434/x": refused'
    error = outcomes.of_error(Refused(said), "pip").error
    assert error.startswith("Ollama could not do this.")
    assert "/usr/share" not in error
    assert "10.0.0.7" not in error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Unreachable(), "unreachable"),
        (RegistryUnreachable(), "unreachable"),
        (BadAnswer("no JSON"), "bad_answer"),
        (NoSpace("no space left on device"), "refused"),
        (OllamaError(), "refused"),
        (ZeroDivisionError(), "internal"),
    ],
)
def test_every_error_has_words(error, kind):
    outcome = outcomes.of_error(error, "pip")
    assert outcome.error_kind == kind
    assert outcome.error.startswith(outcomes.WORDS[kind] % {"model": "pip"})


def test_the_words_come_in_the_readers_language():
    failed = outcomes.of_error(Refused("the moon is full"), "pip")
    run = Run(model_name="pip", error_kind=failed.error_kind, error=failed.error)
    with translation.override("de"):
        german = outcomes.explain(run)
    assert german.endswith("(the moon is full)")
    assert not german.startswith("Ollama could")
