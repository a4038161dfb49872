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
ENDS_S = 10.0  # a service manager's patience, at the least
SECOND = SPEED  # tokens
UNDER_WAY = SPEED // 5  # tokens sent that the reader may not have read yet: 200 ms


@pytest.fixture
def instance(new_instance):
    """One that answers four at once."""
    return new_instance(WEBCHAT_OLLAMA_SLOTS="4")


@pytest.fixture
def answering(practice, instance):
    """An instance, and a function that begins an answer and waits for its first `lines` lines."""
    practice.script(speed=SPEED, load_seconds=0.3, answer=WORDS)

    def begin(lines: int, person: str = "ann") -> Instance:
        n = len(practice.requests("/api/chat")) + 1
        instance.visitor(person).ask(question(person), MODEL)
        until(lambda: came(practice, n) >= lines, f"{lines} lines for {person}")
        return instance

    return begin


def question(person: str = "ann") -> str:
    return f"Count, please, for {person}."


def came(practice, n: int = 1) -> int:
    """How many lines of the nth answer have been sent; -1: it has not been asked for."""
    asked = practice.requests("/api/chat")
    return asked[n - 1]["lines"] if len(asked) >= n else -1


def statuses(instance: Instance) -> list[str]:
    """Of all answers, in the order of the alphabet."""
    rows = instance.database.rows("SELECT status FROM inference_run WHERE purpose = 'answer'")
    return sorted(status for (status,) in rows)


ANSWER = (
    "FROM chat_message question JOIN chat_message answer ON answer.parent_id = question.id"
    " JOIN inference_run run ON answer.run_id = run.id"
)


def saved(instance: Instance, asked: str) -> str:
    rows = instance.database.rows(
        f"SELECT piece.text {ANSWER} JOIN inference_runpiece piece ON piece.run_id = run.id"
        f" WHERE question.text = '{asked}' ORDER BY piece.start"
    )
    return "".join(text for (text,) in rows)


def shown(instance: Instance, asked: str) -> str:
    """The answer to the question as the conversation keeps it."""
    return instance.one(f"SELECT answer.text {ANSWER} WHERE question.text = '{asked}'")


def end_in_middle(instance: Instance, process: Process, how: signal.Signals) -> float:
    """Sends the signal, waits for the end, starts anew; how long the end took, in seconds."""
    began = time.monotonic()
    process.send(how)
    assert process.ended() == (0 if how is signal.SIGTERM else -how)
    took = time.monotonic() - began
    instance.kill(process)
    instance.start()
    return took


def test_sigkill_loses_at_most_a_second_of_text_and_no_question(practice, answering):
    """Of four answers that are killed, one is long and one has hardly begun; a fifth waits."""
    for lines, person in ((110, "ann"), (30, "bob"), (1, "eve"), (0, "admin")):
        instance = answering(lines, person)
    instance.visitor("bob").ask("And me?", MODEL)
    assert statuses(instance) == ["queued"] + ["running"] * 4
    sent = practice.requests("/api/chat")
    end_in_middle(instance, instance.runner(), signal.SIGKILL)
    practice.script(speed=0, answer="Here you are.")

    until(lambda: "running" not in statuses(instance), "they are interrupted", NOTICED_S)
    for each in sent:
        asked = each["body"]["messages"][-1]["content"]
        text = shown(instance, asked)
        assert "".join(WORDS).startswith(text)
        assert len(text.split()) >= each["lines"] - SECOND - UNDER_WAY
        assert saved(instance, asked) == text
    until(lambda: shown(instance, "And me?") == "Here you are.", "the one that waited is answered")
    assert statuses(instance) == ["done"] + ["interrupted"] * 4
    assert len(practice.requests("/api/chat")) == 5, "nothing is asked again by itself"


def test_sigterm_loses_nothing(practice, answering):
    instance = answering(60)
    sent = came(practice)
    assert end_in_middle(instance, instance.runner(), signal.SIGTERM) < ENDS_S

    assert statuses(instance) == ["interrupted"]
    assert instance.one("SELECT error_kind FROM inference_run") == "restart"
    text = shown(instance, question())
    assert "".join(WORDS).startswith(text)
    assert len(text.split()) >= sent - UNDER_WAY
    assert practice.wait_for_cut("/api/chat")  # the connection was closed: the model is free


@pytest.mark.skipif(not SEPARATE, reason="only where the worker is a process of its own")
def test_an_answer_goes_on_while_the_web_process_is_killed(practice, answering):
    instance = answering(30)
    end_in_middle(instance, instance.web, signal.SIGKILL)
    until(lambda: statuses(instance) == ["done"], "the answer is whole")
    assert shown(instance, question()) == "".join(WORDS)


def test_a_second_start_does_not_touch_an_answer_that_runs(practice, answering):
    instance = answering(10)
    other = Process(["serve"], instance.variables, instance.database.folder / "other.log")
    try:
        other.hear("http://127.0.0.1:")
        until(lambda: statuses(instance) == ["done"], "the answer is whole")
    finally:
        other.kill()
    assert shown(instance, question()) == "".join(WORDS)
