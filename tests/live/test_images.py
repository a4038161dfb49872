"""A model that sees is shown images, through the pages and a real Ollama."""

import json
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from PIL import Image

from tests.instance import Instance, Visitor, until

pytestmark = [pytest.mark.live, pytest.mark.processes]

PIP = "pip:latest"
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


@pytest.fixture
def sees(real: Instance, sees: str) -> str:
    """Its name as it is shown, once the catalogue knows what it can do."""
    rows = real.database.rows("SELECT name, capabilities FROM inference_model")
    [(name, abilities)] = [row for row in rows if row[0] in (sees, f"{sees}:latest")]
    assert "vision" in str(abilities)
    return str(name)


@pytest.fixture
def ann(real: Instance) -> Visitor:
    """Ann, whose answers are cut short: what a model says of the images is not looked at."""
    visitor = real.visitor("ann")
    visitor.http.post("/conversations/settings/", data={"num_predict": "8"}).raise_for_status()
    return visitor


def image(kind: str, turned: int = 1) -> bytes:
    """A small image in a format; `turned` is how a camera says that it was held."""
    buffer, exif = BytesIO(), Image.Exif()
    exif[0x0112] = turned
    Image.linear_gradient("L").resize((96, 64)).convert("RGB").save(buffer, kind, exif=exif)
    return buffer.getvalue()


def attached(visitor: Visitor, *contents: bytes) -> list[str]:
    """The ids of files that wait to be sent."""
    for number, content in enumerate(contents):
        files = {"file": (f"{number}.img", content)}
        visitor.http.post("/attachments/", files=files).raise_for_status()
    rows = visitor.instance.database.rows(
        "SELECT id FROM chat_attachment WHERE message_id IS NULL ORDER BY created_at"
    )
    return [str(UUID(str(pk))) for (pk,) in rows]


def asked(visitor: Visitor, model: str, *images: bytes, path: str = "/conversations/") -> str:
    """Asks about images and waits for the end; the path of the conversation."""
    form = {"text": "What is this?", "model": model, "key": str(uuid4())}
    files = attached(visitor, *images) if images else []
    answer = visitor.http.post(path, data=form | {"attachment": files}).raise_for_status()
    until(visitor.instance.is_idle, "the answer has ended")
    return answer.headers.get("HX-Redirect", path)


def prompts(instance: Instance) -> list[tuple[str, int]]:
    """(status, tokens of the prompt as Ollama counted them) of the runs, the oldest first."""
    return instance.database.rows(
        "SELECT status, prompt_tokens FROM inference_run ORDER BY queued_at"
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_ollama_takes_what_is_made_of_each_format(real, ann, sees, kind):
    asked(ann, sees, image(kind, turned=6))
    [(status, _)] = prompts(real)
    assert status == "done"


def test_each_image_is_counted_and_what_one_takes_is_learned(real, ann, sees):
    for count in range(3):
        asked(ann, sees, *[image("PNG")] * count)
    none, one, two = [tokens for _, tokens in prompts(real)]
    assert none < one < two
    learned = dict(real.database.rows("SELECT name, image_tokens FROM inference_model"))
    assert learned[sees] == pytest.approx(one - none, abs=12)


def test_an_image_is_seen_in_later_turns_but_not_by_a_model_that_is_blind(real, ann, sees):
    path = f"{asked(ann, sees, image('JPEG'))}messages/"
    asked(ann, sees, path=path)
    asked(ann, PIP, path=path)
    (_, first), (_, second), (status, _) = prompts(real)
    assert first < second
    assert status == "done"
    sent = real.database.rows("SELECT sent FROM inference_run ORDER BY queued_at")
    sent = [json.loads(each) if isinstance(each, str) else each for (each,) in sent]
    assert [each["images"] for each in sent] == [1, 1, 0]


def test_words_that_look_like_an_image_do_no_harm(real, ann, sees):
    ann.http.post(
        "/conversations/", data={"text": "What is [img-7]?", "model": sees, "key": str(uuid4())}
    ).raise_for_status()
    until(real.is_idle, "the answer has ended")
    assert [status for status, _ in prompts(real)] == ["done"]
