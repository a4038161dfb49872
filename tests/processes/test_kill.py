"""No answer is ever lost: processes that are killed and ended in the middle of one."""

import signal
import time

import pytest

from tests.instance import SEPARATE, Instance, Process, until

pytestmark = pytest.mark.processes

MODEL = "practice:latest"
SPEED = 40  # tokens a second
WORDS = [f"word{n} " for n in range(400)]  # ten seconds
NOTICED_S = 15.0  # within which a run of a process that died is interrupted
SECOND = SPEED  # tokens
UNDER_WAY = SPEED // 5  # tokens sent that the reader may not have read yet: 200 ms


@pytest.fixture
def answering(practice, instance):
    """An instance, and a function that begins an answer and waits for its first `lines` lines."""
    practice.script(speed=SPEED, load_seconds=0.3, answer=WORDS)

    def begin(lines: int) -> Instance:
        instance.visitor("ann").ask("Count, please.", MODEL)
        until(lambda: _chat(practice) and _chat(practice)["lines"] >= lines, f"{lines} lines")
        return instance

    return begin


def _chat(practice) -> dict | None:
    asked = practice.requests("/api/chat")
    return asked[-1] if asked else None


def status(instance: Instance) -> str:
    return instance.one("SELECT status FROM inference_run WHERE purpose = 'answer'")


def saved(instance: Instance) -> str:
    rows = instance.database.rows(
        "SELECT piece.text FROM inference_runpiece piece JOIN inference_run run"
        " ON piece.run_id = run.id WHERE run.purpose = 'answer' ORDER BY piece.start"
    )
    return "".join(text for (text,) in rows)


def shown(instance: Instance) -> str:
    """The answer as the conversation keeps it."""
    return instance.one("SELECT text FROM chat_message WHERE role = 'assistant'")


def end_in_middle(instance: Instance, process: Process, how: signal.Signals) -> float:
    """Sends the signal, waits for the end, starts anew; when it was sent."""
    sent = time.monotonic()
    process.send(how)
    process.ended()
    instance.kill(process)
    instance.start()
    return sent


@pytest.mark.parametrize("lines", [0, 1, 30, 150])
def test_sigkill_loses_at_most_a_second_of_text(practice, answering, lines):
    instance = answering(lines)
    sent = _chat(practice)["lines"]
    killed = end_in_middle(instance, instance.runner(), signal.SIGKILL)

    left = NOTICED_S - (time.monotonic() - killed)
    until(lambda: status(instance) == "interrupted", "it is interrupted", left)
    text = shown(instance)
    assert "".join(WORDS).startswith(text)
    assert len(text.split()) >= sent - SECOND - UNDER_WAY
    assert saved(instance) == text


def test_a_killed_answer_is_never_run_again_by_itself(practice, answering):
    instance = answering(10)
    end_in_middle(instance, instance.runner(), signal.SIGKILL)
    until(lambda: status(instance) == "interrupted", "it is interrupted", NOTICED_S)
    assert len(practice.requests("/api/chat")) == 1


def test_sigterm_loses_nothing(practice, answering):
    instance = answering(60)
    sent = _chat(practice)["lines"]
    end_in_middle(instance, instance.runner(), signal.SIGTERM)

    assert status(instance) == "interrupted"
    text = shown(instance)
    assert "".join(WORDS).startswith(text)
    assert len(text.split()) >= sent - UNDER_WAY
    assert practice.wait_for_cut("/api/chat")  # the connection was closed: the model is free


def test_a_run_that_waits_outlives_a_kill(practice, answering):
    instance = answering(5)
    instance.visitor("bob").ask("And me?", MODEL)  # one slot: Bob waits
    end_in_middle(instance, instance.runner(), signal.SIGKILL)
    practice.script(speed=0, answer="Here you are.")

    def answers() -> list[tuple[str]]:
        return instance.database.rows("SELECT text FROM chat_message WHERE role = 'assistant'")

    until(lambda: ("Here you are.",) in answers(), "Bob has his answer")


@pytest.mark.skipif(not SEPARATE, reason="only where the worker is a process of its own")
def test_an_answer_goes_on_while_the_web_process_is_killed(practice, answering):
    instance = answering(30)
    end_in_middle(instance, instance.web, signal.SIGKILL)
    until(lambda: status(instance) == "done", "the answer is whole")
    assert shown(instance) == "".join(WORDS)


def test_a_second_start_does_not_touch_an_answer_that_runs(practice, answering):
    instance = answering(10)
    other = Process(["serve"], instance.variables, instance.database.folder / "other.log")
    try:
        other.hear("http://127.0.0.1:")
        until(lambda: status(instance) == "done", "the answer is whole")
    finally:
        other.kill()
    assert shown(instance) == "".join(WORDS)
