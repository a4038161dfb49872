"""A model from the form, its whole life long, on a real Ollama that has the model pip."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.instance import Instance, until

pytestmark = [pytest.mark.live, pytest.mark.processes]

PIP = "pip:latest"
CREATE = "/models/create/"
PATIENCE_S = 120.0  # a small machine that has other work too


NAMES = [f"mario-{uuid4().hex[:8]}:latest", f"luigi-{uuid4().hex[:8]}:latest"]


@pytest.fixture
def real(new_instance, ollama: str) -> Iterator[Instance]:
    yield new_instance(WEBCHAT_OLLAMA_URL=ollama)
    for name in NAMES:  # where the test has not come to its end
        httpx.request("DELETE", f"{ollama}/api/delete", json={"model": name}, trust_env=False)


def present(instance: Instance, name: str) -> bool:
    return (name,) in instance.database.rows("SELECT name FROM inference_model WHERE present")


def texts(instance: Instance, purpose: str, count: int) -> list[str]:
    """What the runs of a purpose wrote, once so many have ended."""

    def ended() -> list[tuple[str, str]]:
        rows = instance.database.rows(
            "SELECT run.purpose, run.status, piece.text FROM inference_run run"
            " JOIN inference_runpiece piece ON piece.run_id = run.id"
            " WHERE run.ended_at IS NOT NULL ORDER BY run.queued_at"
        )
        return [(status, text) for its_purpose, status, text in rows if its_purpose == purpose]

    until(lambda: len(ended()) >= count, f"{count} runs have ended", PATIENCE_S)
    found = ended()
    assert {status for status, _text in found} == {"done"}
    return [text for _status, text in found]


def chosen(http, name: str) -> str:
    """What the board's actions call the model."""
    page = http.get(f"/models/{name}/", headers={"HX-Request": ""}).text
    return re.search(r'name="model" value="([0-9a-f]+)"', page)[1]


def test_mario_is_tried_made_asked_edited_copied_and_deleted(real):
    http = real.visitor("admin").http
    name, copy = NAMES
    draft = {
        "name": name,
        "source": PIP,
        "system": "You are Mario from Super Mario Bros.",
        "temperature": "0",
        "seed": "7",
        "stop": "<|im_start|>\n<|im_end|>",
        "who": "everybody",
    }
    asked = {"question": "Who are you?", "compare": "1"}
    http.post(f"{CREATE}trials/", data=draft | asked).raise_for_status()
    tried, itself = texts(real, "trial", 2)
    assert tried
    assert itself.startswith("I am **Pip**")
    assert not present(real, name)

    http.post(CREATE, data=draft).raise_for_status()
    until(lambda: present(real, name), "it is there")
    real.visitor("ann").ask("Who are you?", name)
    assert texts(real, "answer", 1) == [tried]

    def edited() -> str:
        return http.get(CREATE, params={"edit": name}).text

    until(lambda: "You are Mario from Super Mario Bros.</textarea>" in edited(), "it is known")
    page = edited()
    assert f'<option value="{PIP}" selected>' in page
    assert re.search(r'name="seed" value="7"', page)
    assert not re.search(r'name="temperature" value="', page)  # as its source has it
    anew = draft | {"replaces": name, "system": "You are Luigi.", "seed": "8"}
    http.post(CREATE, data=anew).raise_for_status()
    until(lambda: "You are Luigi.</textarea>" in edited(), "it was made anew")

    http.post(
        "/models/copies/", data={"model": chosen(http, name), "name": copy}
    ).raise_for_status()
    until(lambda: present(real, copy), "the copy is there")
    for each in (name, copy):
        there = {"model": chosen(http, each), "running": "wait"}
        http.post("/models/deletions/", data=there).raise_for_status()
        until(lambda each=each: not present(real, each), f"{each} is gone")
