"""How many tokens a model takes in for a run, whatever others have asked for it."""

import pytest

from inference import claims
from inference.models import Model, Run
from tests.factories import a_model, a_run, a_server, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def window(ann, monkeypatch):
    """A function: the size that a worker reckons with for a run with these options."""
    monkeypatch.setitem(
        claims.prompts._builders, Run.Purpose.ANSWER, lambda run: claims.prompts.Prompt([])
    )

    def claimed(**options):
        run = a_run(ann, parameters={"options": options})
        claims.look("worker", at(1), limit=10)
        run.refresh_from_db()
        Run.objects.end(run.pk, Run.Status.STOPPED, now=at(2))
        return run.sent["num_ctx"]

    return claimed


def seen(**fields) -> None:
    """What the catalogue has seen last of the model."""
    Model.objects.update(**fields)


@pytest.mark.parametrize(
    ("known", "asked", "size"),
    [
        ({}, {}, None),
        ({"context_length": 131_072}, {}, 4096),  # Ollama's usual, as it was never loaded
        ({"context_length": 1536}, {}, 1536),
        ({"context_length": 131_072, "num_ctx": 32_768}, {}, 32_768),
        ({"context_length": 131_072, "num_ctx": 32_768}, {"num_ctx": 8192}, 8192),
        ({"context_length": 1536}, {"num_ctx": 8192}, 1536),
        ({"context_length": 1536, "parameters": {"num_ctx": 256}}, {}, 256),
        ({"num_ctx": 2048, "parameters": {"num_ctx": "many"}}, {}, 2048),
    ],
)
def test_it_is_what_ollama_will_load_the_model_with(window, known, asked, size):
    a_model(a_server(), **known)
    assert window(**asked) == size


def test_a_size_that_one_chat_asked_for_does_not_hold_for_another(window):
    a_model(a_server(), context_length=131_072, num_ctx=4096)
    for size in (32_768, 16_384, 32_768):
        assert window(num_ctx=size) == size
        seen(num_ctx=size)
        assert window() == 4096
        assert Model.objects.choice("pip:latest").num_ctx == 4096


def test_what_is_usual_is_learned_anew(window):
    a_model(a_server(), context_length=131_072, num_ctx=4096)
    window(num_ctx=32_768)
    seen(num_ctx=8192)  # loaded for one who asked for no size
    assert window() == 8192


def test_nothing_is_said_of_a_model_that_was_never_loaded(window):
    a_model(a_server(), context_length=131_072)
    choice = Model.objects.choice("pip:latest")
    assert choice.num_ctx is None
    assert choice.window(8192) == 8192
    assert choice.window(200_000) == 131_072


@pytest.mark.parametrize(
    ("known", "is_looked_at"),
    [({}, True), ({"num_ctx": 4096}, False), ({"loaded": True}, False)],  # the last: an old Ollama
)
def test_a_window_is_looked_at_where_that_may_tell_it(ann, monkeypatch, known, is_looked_at):
    monkeypatch.setitem(
        claims.prompts._builders, Run.Purpose.ANSWER, lambda run: claims.prompts.Prompt([])
    )
    a_model(a_server(), **known)
    a_run(ann)
    [claim] = claims.look("worker", at(1), limit=10).claims
    assert claim.knows_window is not is_looked_at
