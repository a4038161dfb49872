"""What people do in a chat, with real models: versions, several at once, settings, summaries."""

import json
import re
import uuid

import pytest

from tests.instance import Instance, Visitor, until

pytestmark = [pytest.mark.live, pytest.mark.processes]

PIP, THINKS = "pip:latest", "pip-think:latest"
SETTINGS = "/conversations/settings/"


def ended(instance: Instance, n: int) -> None:
    sql = "SELECT count(*) FROM inference_run WHERE ended_at IS NOT NULL"
    until(lambda: instance.one(sql) >= n, f"{n} runs have ended")


def answers(instance: Instance) -> list[tuple[str, str, str]]:
    """(id, model, text) of all, the oldest first."""
    rows = instance.database.rows(
        "SELECT id, model_name, text FROM chat_message WHERE role = 'assistant' ORDER BY created_at"
    )
    return [(str(uuid.UUID(str(pk))), model, text) for pk, model, text in rows]


def send(visitor: Visitor, path: str, text: str, model: str = PIP) -> None:
    form = {"text": text, "model": model, "key": str(uuid.uuid4())}
    visitor.http.post(f"{path}messages/", data=form).raise_for_status()


def test_another_model_answers_again_and_both_stay(real):
    ann = real.visitor("ann")
    path = ann.ask("What is 2+2?", PIP)
    ended(real, 1)
    [(first, _, _)] = answers(real)
    form = {"model": THINKS, "key": str(uuid.uuid4())}
    ann.http.post(f"/messages/{first}/regenerations/", data=form).raise_for_status()
    ended(real, 2)
    assert [model for _, model, _ in answers(real)] == [PIP, THINKS]
    page = ann.http.get(path).text
    assert re.search(r"2\s*/\s*2", page)
    ann.http.post(f"/messages/{first}/choice/").raise_for_status()
    assert re.search(r"1\s*/\s*2", ann.http.get(path).text)


def test_two_models_answer_side_by_side_and_one_goes_on(real):
    ann = real.visitor("ann")
    form = {"text": "What is 2+2?", "model": PIP, "also": THINKS, "key": str(uuid.uuid4())}
    asked = ann.http.post("/conversations/", data=form)
    path = asked.headers["HX-Redirect"]
    ended(real, 2)
    found = {model: (pk, text) for pk, model, text in answers(real)}
    assert all("4" in text for _, text in found.values())
    ann.http.post(f"/messages/{found[THINKS][0]}/choice/").raise_for_status()
    assert real.one("SELECT model_name FROM chat_conversation") == THINKS
    assert "2 / 2" in re.sub(r"\s+", " ", ann.http.get(path).text)


def test_an_answer_that_is_cut_by_length_goes_on(real):
    ann = real.visitor("ann")
    ann.http.post(SETTINGS, data={"num_predict": "4", "temperature": "0"}).raise_for_status()
    path = ann.ask("Who are you?", PIP)
    ended(real, 1)
    assert "Cut off." in ann.http.get(path).text
    [(answer, _, begun)] = answers(real)
    ann.http.post(f"{path}settings/", data={"temperature": "0"}).raise_for_status()
    ann.http.post(f"/messages/{answer}/continuations/").raise_for_status()
    ended(real, 2)
    [(_, _, whole)] = answers(real)
    assert whole.startswith(begun)
    assert len(whole) > len(begun)
    assert "Cut off." not in ann.http.get(path).text


def test_the_gauge_foretells_what_is_sent_next_without_the_thoughts(real):
    ann = real.visitor("ann")
    path = ann.ask("What is 2+2?", THINKS)
    ended(real, 1)
    first = real.one("SELECT prompt_tokens FROM inference_run")
    [shown] = re.findall(r'id="gauge-words"[^>]*>about (\d+) ', ann.http.get(path).text)
    send(ann, path, "What about 2+3?", THINKS)
    ended(real, 2)
    second = real.one("SELECT max(prompt_tokens) FROM inference_run")
    assert second == pytest.approx(int(shown) + first, abs=5)


def test_an_answer_that_is_cut_while_it_thinks_can_be_tried_again(real):
    ann = real.visitor("ann")
    ann.http.post(SETTINGS, data={"num_predict": "4"}).raise_for_status()
    path = ann.ask("What is 2+2?", THINKS)
    ended(real, 1)
    page = ann.http.get(path).text
    assert "Cut off." in page
    assert "An empty answer." not in page
    [(answer, _, text)] = answers(real)
    assert text == ""
    ann.http.post(f"{path}settings/", data={}).raise_for_status()
    ann.http.post(f"/messages/{answer}/continuations/").raise_for_status()
    ended(real, 2)
    assert "4" in answers(real)[0][2]
    assert real.one("SELECT thinking FROM chat_message WHERE text LIKE '2+2 equals%'").startswith(
        "Two plus two"
    )


def test_stop_words_seed_and_json_are_obeyed(real):
    ann = real.visitor("ann")
    ann.http.post(SETTINGS, data={"stop": "**", "seed": "7"}).raise_for_status()
    ann.ask("Who are you?", PIP)
    ended(real, 1)
    assert answers(real)[0][2].rstrip() == "I am"

    ann.http.post(
        SETTINGS, data={"seed": "7", "temperature": "1.5", "num_predict": "20"}
    ).raise_for_status()
    for _ in range(2):
        ann.ask("Who are you?", PIP)
    ended(real, 3)
    (_, _, once), (_, _, again) = answers(real)[1:]
    assert once == again

    ann.http.post(SETTINGS, data={"format": "json", "num_predict": "40"}).raise_for_status()
    ann.ask("Say something in JSON", PIP)
    ended(real, 4)
    sent = real.database.rows("SELECT parameters FROM inference_run ORDER BY queued_at")[-1][0]
    sent = json.loads(sent) if isinstance(sent, str) else sent
    assert sent == {"format": "json", "options": {"num_predict": 40}}
    assert answers(real)[-1][2].lstrip().startswith(("{", "["))


def test_what_fell_out_is_summed_up_and_the_summary_is_sent(real):
    ann = real.visitor("ann")
    settings = {"num_ctx": "512", "num_predict": "60"}
    ann.http.post(SETTINGS, data=settings).raise_for_status()
    path = ann.ask("Remember this: " + "The sky is blue. " * 40, PIP)
    for number in range(1, 4):
        ended(real, number)
        send(ann, path, f"Note {number}: " + "The grass is green. " * 30)
    ended(real, 4)
    page = ann.http.get(path).text
    assert "From here on" in page
    [where] = re.findall(r'action="(/messages/[0-9a-f-]+/summary/)"', page)
    ann.http.post(where).raise_for_status()
    of_it = "SELECT status FROM inference_run WHERE purpose = 'summary' AND ended_at IS NOT NULL"
    [(status,)] = until(lambda: real.database.rows(of_it), "the summary's run has ended")
    assert status == "done"
    if not real.one("SELECT text FROM chat_summary"):
        pytest.skip("this model sums up without a word")
    send(ann, path, "And now?")
    ended(real, 6)
    shown = ann.http.get(f"/messages/{answers(real)[-1][0]}/sent/").text
    assert real.one("SELECT text FROM chat_summary").split()[0] in shown
