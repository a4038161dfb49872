import pytest

from inference.practice import PracticeServer

from .asking import chat, model, names, post, whole
from .raw_http import Answer, ask


async def delete(server: PracticeServer, **body: object) -> Answer:
    return await ask(server.url, "DELETE", "/api/delete", body=body)


async def test_a_copy_is_the_same_model_under_another_name(server: PracticeServer):
    await post(server, "/api/copy", source="practice", destination="team/mine:v1")

    listed = (await ask(server.url, "GET", "/api/tags")).json()["models"]
    digests = {each["name"]: each["digest"] for each in listed}
    assert digests["team/mine:v1"] == digests["practice:latest"]
    assert (await whole(server, model="team/mine:v1"))["model"] == "team/mine:v1"


async def test_a_copy_takes_the_place_of_the_model_of_that_name(server: PracticeServer):
    await post(server, "/api/copy", source="practice-embed", destination="practice")

    assert (await chat(server)).json()["error"] == '"practice" does not support chat'
    assert names(server).count("practice:latest") == 1


@pytest.mark.parametrize(
    ("names", "status", "error"),
    [
        ({"source": "a b", "destination": "c"}, 400, 'source "a b" is invalid'),
        ({"destination": "c"}, 400, 'source "" is invalid'),
        ({"source": "nope:v1", "destination": "c"}, 404, 'model "nope:v1" not found'),
    ],
)
async def test_says_what_is_wrong_with_a_copy(
    server: PracticeServer, names: dict[str, str], status: int, error: str
):
    answer = await post(server, "/api/copy", **names)

    assert (answer.status, answer.json()) == (status, {"error": error})


async def test_what_was_deleted_is_gone(server: PracticeServer):
    assert (await delete(server, model="practice")).status == 200

    assert "practice:latest" not in names(server)
    assert (await chat(server)).status == 404
    assert (await post(server, "/api/show", model="practice")).status == 404


async def test_a_deleted_model_stays_in_memory(server: PracticeServer):
    await chat(server)

    await delete(server, model="practice")

    loaded = (await ask(server.url, "GET", "/api/ps")).json()["models"]
    assert [each["name"] for each in loaded] == ["practice:latest"]


async def test_layers_stay_as_long_as_a_model_has_them(server: PracticeServer):
    weights = model(server, "practice").weights_layer.digest
    await post(server, "/api/copy", source="practice", destination="other")

    await delete(server, model="practice")
    after_one = server.blobs.has(weights)
    await delete(server, model="other")

    assert (after_one, server.blobs.has(weights)) == (True, False)


async def test_refuses_to_delete_a_name_that_is_none(server: PracticeServer):
    answer = await delete(server, model="a b")

    assert (answer.status, answer.json()) == (400, {"error": 'name "a b" is invalid'})
