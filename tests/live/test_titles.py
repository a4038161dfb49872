"""A real model gives a conversation its title."""

import pytest

from tests.instance import Instance, until

pytestmark = [pytest.mark.live, pytest.mark.processes]


@pytest.fixture
def real(new_instance, ollama: str) -> Instance:
    return new_instance(WEBCHAT_OLLAMA_URL=ollama, WEBCHAT_TITLES="yes")


@pytest.mark.parametrize("model", ["pip:latest", "pip-think:latest"])
def test_the_model_that_answered_gives_a_title(real, model):
    real.visitor("ann").ask("What is 2+2?", model)
    ended = "SELECT status FROM inference_run WHERE purpose = 'title' AND ended_at IS NOT NULL"
    [(status,)] = until(lambda: real.database.rows(ended), "the title's run has ended")
    assert status == "done"
    [(title, source)] = real.database.rows("SELECT title, title_source FROM chat_conversation")
    assert source == "model"
    assert 0 < len(title) <= 62
    assert "<think>" not in title
