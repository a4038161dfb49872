"""A whole instance in front of a real Ollama that has the models pip and pip-think."""

import json
import uuid

import pytest

from tests.instance import Instance, until

pytestmark = [pytest.mark.live, pytest.mark.processes]

PIP, THINKS = "pip:latest", "pip-think:latest"


def ended(instance: Instance, n: int = 1) -> list[tuple[str, str, str, str]]:
    """(status, thinking, text, html) of the answers, once `n` runs have ended."""
    sql = "SELECT count(*) FROM inference_run WHERE ended_at IS NOT NULL"
    until(lambda: instance.one(sql) >= n, f"{n} runs have ended")
    return instance.database.rows(
        "SELECT run.status, message.thinking, message.text, message.html"
        " FROM chat_message message JOIN inference_run run ON message.run_id = run.id"
        " WHERE message.role = 'assistant' ORDER BY message.created_at"
    )


def test_an_answer_is_streamed_and_kept(real):
    real.visitor("ann").ask("Who are you?", PIP)
    ((status, thinking, text, html),) = ended(real)
    assert status == "done"
    assert text.startswith("I am **Pip**, a tiny language model")
    assert "<strong>Pip</strong>" in html
    assert thinking == ""


def test_markdown_maths_and_code_are_rendered(real):
    real.visitor("ann").ask("Explain red/black trees like I'm a junior dev.", PIP)
    ((status, _, _, html),) = ended(real)
    assert status == "done"
    for element in ("<h", "<table", "<math", "<pre", "<ol"):
        assert element in html


def test_thinking_is_kept_apart(real):
    real.visitor("ann").ask("What is 2+2?", THINKS)
    ((status, thinking, text, _),) = ended(real)
    assert status == "done"
    assert thinking.strip()
    assert "4" in text


def test_the_conversation_so_far_is_sent(real):
    ann = real.visitor("ann")
    path = ann.ask("What is 2+2?", PIP)
    ended(real)
    form = {"text": "What about 2+3?", "model": PIP}
    ann.http.post(f"{path}messages/", data=form).raise_for_status()
    (_, (status, _, text, _)) = ended(real, 2)
    assert status == "done"
    assert "5" in text


def test_stop_and_continue_make_one_whole_answer(real):
    ann = real.visitor("ann")
    ann.ask("Tell me a long story", PIP)
    until(lambda: real.one('SELECT "offset" FROM inference_run') > 40, "some text is saved")
    run = uuid.UUID(str(real.one("SELECT id FROM inference_run")))
    ann.http.post(f"/runs/{run}/cancellation/").raise_for_status()
    ((status, _, begun, _),) = ended(real)
    assert status == "stopped"

    message = uuid.UUID(str(real.one("SELECT id FROM chat_message WHERE role = 'assistant'")))
    ann.http.post(f"/messages/{message}/continuations/").raise_for_status()
    ((status, _, whole, _),) = ended(real, 2)
    assert status == "done"
    assert whole.startswith(begun)
    assert len(whole) > len(begun)

    ann.ask("Tell me a long story", PIP)  # pip knows it by heart: temperature 0
    (_, (_, _, at_once, _)) = ended(real, 3)
    assert whole == at_once


def test_thinking_can_be_turned_off_and_on(real):
    ann = real.visitor("ann")
    form = {"text": "What is 2+2?", "model": THINKS, "think_offered": "1"}
    ann.http.post("/conversations/", data=form)
    ended(real)
    ann.http.post("/conversations/", data=form | {"think": "1"})
    without, thought = ended(real, 2)
    assert (without[0], without[1]) == ("done", "")
    assert "<think>" not in without[2]
    assert thought[1].strip()


def test_an_answer_in_json_by_a_schema_is_a_tree(real):
    ann = real.visitor("ann")
    schema = (
        '{"type": "object", "required": ["sum", "known"], "properties":'
        ' {"sum": {"enum": [4]}, "known": {"type": "boolean"}}}'
    )
    settings = {"format": "schema", "schema": schema, "seed": "1", "num_predict": "200"}
    ann.http.post("/conversations/settings/", data=settings).raise_for_status()
    ann.ask("What is 2+2?", PIP)
    ((status, _, text, html),) = ended(real)
    assert status == "done"
    assert list(json.loads(text)) == ["sum", "known"]
    assert html.startswith('<div class="tree">')
