"""The page of one model: all that /api/show says, for managers and for members."""

import json

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Group
from inference.models import Description, Job
from tests.factories import a_model, a_server
from tests.inference.ollama.wire import recording

URL = "/models/pip:latest/"
BLOBS = "/usr/share/ollama/.ollama/models/blobs"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counted_anew():
    cache.clear()


@pytest.fixture
def pip():
    return a_model(a_server(name="gpu-1"), "pip:latest", digest="abc123")


def shown(name="show/all") -> dict:
    response = recording(name)["response"]
    return json.loads(response.get("body") or "".join(text for _, text in response["chunks"]))


@pytest.fixture
def described(pip):
    Description.objects.keep("abc123", shown())
    return pip


def text_of(client, path=URL, status=200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("path", ["", "modelfile/", "tensors/"])
def test_a_stranger_is_sent_to_sign_in(path, client, described):
    there = client.get(f"{URL}{path}").headers["Location"]
    assert there.startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("path", ["", "modelfile/", "tensors/"])
def test_nobody_finds_a_model_that_is_not_for_them(path, eve, client_of, described):
    described.groups.add(Group.objects.create(name="Engineers"))
    text_of(client_of(eve), f"{URL}{path}", 404)


@pytest.mark.parametrize("path", ["", "modelfile/", "tensors/"])
def test_a_model_that_nobody_has_is_not_found(path, mod, client_of, db):
    text_of(client_of(mod), f"/models/none:latest/{path}", 404)


def test_shows_all_that_the_server_says(mod, client_of, described):
    page = text_of(client_of(mod))
    for said in (
        *("Arr!", "num_ctx", "1024", "llama.embedding_length", "CC0 1.0", "im_start"),
        *(f"FROM {BLOBS}/sha256-14b7536a", "39 tensors", "gpu-1"),
    ):
        assert said in page, said


def test_a_member_sees_it_without_means_to_change_it(eve, client_of, described):
    page = text_of(client_of(eve))
    assert "Arr!" in page
    for means in ("deletions", "renames", "pushes", "Who may use it"):
        assert means not in page, means


def test_a_member_sees_no_path_of_the_servers_disk(eve, client_of, described):
    client = client_of(eve)
    for page in (text_of(client), text_of(client, f"{URL}modelfile/")):
        assert "FROM @sha256:14b7536a" in page
        assert ".ollama" not in page
        assert "/usr/share" not in page


def test_the_modelfile_is_a_file(mod, client_of, described):
    answer = client_of(mod).get(f"{URL}modelfile/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pip-latest.Modelfile"'
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == shown()["modelfile"]


def test_tensors_are_fetched_when_they_are_unfolded(mod, client_of, described):
    client = client_of(mod)
    assert "token_embd.weight" not in text_of(client)
    assert "token_embd.weight" in text_of(client, f"{URL}tensors/")
    part = client.get(f"{URL}tensors/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "192 × 1536" in part


def test_what_is_not_known_is_asked_for_and_not_waited_for(mod, client_of, pip):
    page = text_of(client_of(mod))
    assert "A server is being asked" in page
    assert Job.objects.get().subject == "pip:latest"
    text_of(client_of(mod), f"{URL}modelfile/", 404)


def test_a_failure_is_told_and_not_tried_again_by_itself(mod, client_of, pip):
    client = client_of(mod)
    text_of(client)
    Job.objects.update(state=Job.State.FAILED, error="no answer within 5 s")
    assert "no answer within 5 s" in text_of(client)
    assert Job.objects.count() == 1
    assert "A server is being asked" in text_of(client, f"{URL}?again")
    assert Job.objects.count() == 2


def test_a_look_of_htmx_gets_the_part_that_was_missing(mod, client_of, pip):
    client = client_of(mod)
    part = client.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert "A server is being asked" in part
    assert "<html" not in part
    Description.objects.keep("abc123", shown())
    assert "Arr!" in client.get(URL, headers={"HX-Request": "true"}).content.decode()


def test_other_files_under_the_name_are_a_page_too(mod, client_of, described):
    a_model(a_server(name="gpu-2"), "pip:latest", digest="def456", family="other-family")
    page = text_of(client_of(mod))
    assert "Other files under the same name" in page
    assert "other-family" not in page
    assert "other-family" in text_of(client_of(mod), f"{URL}?digest=def456")


def test_a_name_may_hold_a_registry(mod, client_of):
    a_model(a_server(), "hf.co/team/pip:Q4_K_M")
    assert "hf.co/team/pip:Q4_K_M" in text_of(client_of(mod), "/models/hf.co/team/pip:Q4_K_M/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"template": 3, "messages": "x", "model_info": [], "tensors": {}, "parameters": None},
        {"messages": [1, {"role": 2}], "tensors": [1, {"shape": "x"}, {"shape": [[]]}]},
        {"model_info": {"a": None, "b": ["x" * 100_000], "c": {"d": 1}}},
    ],
)
def test_what_no_ollama_says_does_no_harm(wrong, mod, client_of, pip):
    Description.objects.keep("abc123", wrong)
    assert len(text_of(client_of(mod))) < 60_000


def test_what_models_say_is_shown_and_never_run(mod, client_of, pip):
    evil = "</pre><script>alert(1)</script>"
    Description.objects.keep(
        "abc123",
        {
            "system": evil,
            "template": evil,
            "license": evil,
            "modelfile": evil,
            "parameters": f"stop {evil}",
            "messages": [{"role": evil, "content": evil}],
            "model_info": {evil: evil},
        },
    )
    assert "<script>alert" not in text_of(client_of(mod))


def test_where_it_is_can_be_looked_at_again(mod, client_of, described):
    client = client_of(mod)
    described.loaded = True
    described.save()
    part = client.get(f"{URL}?places", headers={"HX-Request": "true"}).content.decode()
    assert "% GPU" in part
    assert "Arr!" not in part
