"""Images in a prompt, as a real Ollama 0.24 with a projector beside the weights counts them."""

from base64 import b64encode

import pytest

from inference.practice import PracticeServer
from inference.practice.prompts import IMAGE_TOKENS, MOST_IMAGE_TOKENS

from .asking import chat, whole

IMAGE = b64encode(b"not looked at").decode()


def user(text: str, images: int = 0) -> dict:
    return {"role": "user", "content": text, "images": [IMAGE] * images}


async def counted(server: PracticeServer, *messages: dict, **fields) -> int:
    asked = {"model": "practice-vision", "messages": list(messages)} | fields
    return int((await whole(server, **asked))["prompt_eval_count"])


async def test_an_image_is_tokens_to_a_model_that_sees(server: PracticeServer):
    one, two = [await counted(server, user("What is this?", each)) for each in (1, 2)]

    assert two - one >= IMAGE_TOKENS


async def test_an_image_is_no_more_than_its_place_to_a_model_that_does_not(server: PracticeServer):
    assert await counted(server, user("What is this?", 1), model="practice") < IMAGE_TOKENS


async def test_messages_are_left_out_as_if_images_were_larger(server: PracticeServer):
    talk = [user("Before"), {"role": "assistant", "content": "Yes."}, user("This?", 1)]
    window = {"num_ctx": MOST_IMAGE_TOKENS}

    cut, whole_talk = [
        await counted(server, *talk, options=window, truncate=may_cut) for may_cut in (True, False)
    ]

    assert IMAGE_TOKENS < cut < whole_talk < MOST_IMAGE_TOKENS


@pytest.mark.parametrize(
    ("place", "images", "status"),
    [("[img-0]", 0, 500), ("[img-2]", 2, 500), ("[img-1]", 2, 200), ("[img -0]", 0, 200)],
)
async def test_the_place_of_an_image_that_is_not_there_fails(
    server: PracticeServer, place: str, images: int, status: int
):
    answer = await chat(
        server, model="practice-vision", messages=[user(f"What is {place}?", images)], stream=False
    )

    assert answer.status == status
    if status == 500:
        assert "invalid image index" in answer.json()["error"]
