import struct
from hashlib import sha256
from typing import Any

import pytest

from inference.practice import PracticeServer
from inference.practice.blobs import Blob

from .asking import chat, model, names, post, whole
from .raw_http import Answer, ask


def text(key: str, value: str) -> bytes:
    """A key of a GGUF file with a text."""
    return (
        struct.pack("<Q", len(key))
        + key.encode()
        + struct.pack("<IQ", 8, len(value))
        + value.encode()
    )


def number(key: str, value: int) -> bytes:
    return struct.pack("<Q", len(key)) + key.encode() + struct.pack("<II", 4, value)


GGUF = b"GGUF" + text("general.architecture", "gemma3") + number("general.file_type", 7)


def has_file(server: PracticeServer, start: bytes = GGUF, size: int = 4_000_000) -> str:
    """Gives the server a file; returns its digest."""
    digest = f"sha256:{sha256(start).hexdigest()}"
    server.blobs.put(digest, Blob(size, start))
    return digest


async def create(server: PracticeServer, name: str = "mine", **fields: Any) -> Answer:
    return await post(server, "/api/create", model=name, **fields)


async def show(server: PracticeServer, name: str = "mine") -> Any:
    return (await post(server, "/api/show", model=name)).json()


def statuses(answer: Answer) -> list[str]:
    return [line["status"] for line in answer.lines()]


async def test_a_model_with_a_system_prompt_says_so(server: PracticeServer):
    await create(server, **{"from": "practice"}, system="You are Mario.")

    answer = (await whole(server, model="mine"))["message"]["content"]

    assert "My system prompt says:\n\n> You are Mario." in answer
    assert (await show(server))["system"] == "You are Mario."
    assert (await show(server))["details"]["parent_model"] == "practice:latest"


async def test_is_listed_and_loaded_in_the_place_of_its_base(server: PracticeServer):
    await create(server, **{"from": "practice"}, system="Be brief.")
    await chat(server)
    await chat(server, model="mine")

    loaded = (await ask(server.url, "GET", "/api/ps")).json()["models"]
    listed = (await ask(server.url, "GET", "/api/tags")).json()["models"]
    assert [each["name"] for each in loaded] == ["practice:latest"]
    assert "mine:latest" in [each["name"] for each in listed]
    assert len({each["digest"] for each in listed}) == len(listed)


async def test_parameters_go_over_those_of_the_base(server: PracticeServer):
    await create(server, **{"from": "practice"}, parameters={"temperature": 1.0, "num_ctx": 512})

    lines = (await show(server))["parameters"].split("\n")

    assert [line.split() for line in lines] == [
        ["num_ctx", "512"], ["stop", '"<|im_end|>"'], ["temperature", "1"]
    ]  # fmt: skip


async def test_a_parameter_of_the_wrong_type_fails_when_it_is_used(server: PracticeServer):
    created = await create(server, **{"from": "practice"}, parameters={"top_p": "high"})

    answer = await chat(server, model="mine")

    assert created.lines()[-1] == {"status": "success"}
    assert answer.status == 500
    assert answer.json() == {"error": 'option "top_p" must be of type float32'}


async def test_messages_take_the_place_of_those_of_the_base(server: PracticeServer):
    first, second = ([{"role": "user", "content": word}] for word in ("one", "two"))
    await create(server, **{"from": "practice"}, messages=first)

    await create(server, "other", **{"from": "mine"}, messages=second)

    assert (await show(server))["messages"] == first
    assert (await show(server, "other"))["messages"] == second


async def test_licences_come_to_those_of_the_base(server: PracticeServer):
    own = (await show(server, "practice"))["license"]

    await create(server, **{"from": "practice"}, license=["one", "two"])

    assert (await show(server))["license"] == f"{own}\none\ntwo"


@pytest.mark.parametrize(
    ("template", "able"),
    [
        ("{{ .Prompt }}", []),
        ("{{ if .Tools }}{{ json .Tools }}{{ end }}{{ .Prompt }}", ["tools"]),
        ("{{ range .Messages }}{{ .Thinking }}{{ .Content }}{{ end }}", ["thinking"]),
        ("{{ .Prompt }}{{ .Suffix }}", ["insert"]),
    ],
)
async def test_what_its_template_has_no_place_for_it_cannot(
    server: PracticeServer, template: str, able: list[str]
):
    await create(server, **{"from": "practice"}, template=template)

    assert (await show(server))["capabilities"] == ["completion", *able]


@pytest.mark.parametrize(
    ("template", "error"),
    [
        ("{{ range }}x{{ end }}", ":1: missing value for range"),
        ("a\n{{ .System", ":2: unclosed action"),
        ("{{ if .System }}", ":1: unexpected EOF"),
        ("{{ end }}", ":1: unexpected {{end}}"),
        ("\n\n{{ shout .Prompt }}", ':3: function "shout" not defined'),
    ],
)
async def test_refuses_a_template_that_is_none(server: PracticeServer, template: str, error: str):
    answer = await create(server, **{"from": "practice"}, template=template)

    assert (answer.status, answer.json()) == (400, {"error": f"template error: template: {error}"})
    assert "mine:latest" not in names(server)


@pytest.mark.parametrize("base", ["practice", "practice-think", "practice-vision"])
async def test_takes_the_templates_that_it_shows(server: PracticeServer, base: str):
    shown = await show(server, base)

    await create(server, **{"from": base}, template=shown["template"])

    assert (await show(server))["capabilities"] == shown["capabilities"]


async def test_takes_the_place_of_the_model_of_that_name(server: PracticeServer):
    await create(server, **{"from": "practice"}, system="one")

    await create(server, **{"from": "mine"}, system="two")

    assert names(server).count("mine:latest") == 1
    assert (await show(server))["system"] == "two"


async def test_pulls_first_what_it_is_made_from(server: PracticeServer):
    told = statuses(await create(server, **{"from": "practice/tiny"}, system="Be brief."))

    assert told[0] == "pulling manifest"
    assert told.count("success") == 2
    assert {"mine:latest", "practice/tiny:latest"} <= set(names(server))


async def test_says_in_the_stream_that_the_registry_has_no_such_source(server: PracticeServer):
    answer = await create(server, **{"from": "nope"})

    assert answer.status == 200
    assert answer.lines()[-1] == {"error": "pull model manifest: file does not exist"}


async def test_a_model_of_an_uploaded_file_can_be_chatted_with(server: PracticeServer):
    digest = has_file(server)

    answer = await create(server, files={"m.gguf": digest}, system="Be brief.")

    shown = await show(server)
    assert statuses(answer)[:2] == ["parsing GGUF", f"using existing layer {digest}"]
    assert shown["details"]["family"] == "gemma3"
    assert shown["details"]["quantization_level"] == "Q8_0"
    assert shown["model_info"]["general.file_type"] == 7
    assert shown["template"] == "{{ .Prompt }}"
    assert shown["details"]["parent_model"].endswith(digest.replace(":", "-"))
    assert "> Be brief." in (await chat(server, model="mine")).content()


async def test_the_size_of_a_model_is_that_of_its_layers(server: PracticeServer):
    await create(server, files={"m.gguf": has_file(server)}, license="CC0")

    mine = model(server, "mine")
    assert mine.size == sum(layer.size for layer in mine.layers)
    assert mine.weights_layer.size == 4_000_000


async def test_a_projector_beside_the_weights_lets_it_see(server: PracticeServer):
    projector = has_file(server, b"GGUF" + text("general.type", "mmproj"), 1_000_000)

    await create(server, files={"p.gguf": projector, "m.gguf": has_file(server)})

    assert (await show(server))["capabilities"] == ["completion", "vision"]
    assert model(server, "mine").weights_layer.size == 4_000_000


async def test_makes_one_file_of_safetensors(server: PracticeServer):
    config = has_file(server, b"{}", 2)
    files = {"config.json": config, "model.safetensors": has_file(server, b"tensors", 9000)}

    told = statuses(await create(server, files=files))

    assert told[0] == "converting model"
    assert told[1].startswith("creating new layer sha256:")
    assert model(server, "mine").weights_layer.size == 9000


async def test_takes_an_adapter_beside_its_base(server: PracticeServer):
    digest = has_file(server, b"GGUF" + text("general.type", "adapter"), 5000)
    before = model(server, "practice")

    answer = await create(server, **{"from": "practice"}, adapters={"a.gguf": digest})

    assert f"using existing layer {digest}" in statuses(answer)
    assert model(server, "mine").size > before.size + 5000
    assert model(server, "mine").weights_layer == before.weights_layer


NOT_GGUF = {"x.gguf": f"sha256:{sha256(b'PK').hexdigest()}"}
MISSING = "sha256:" + "1" * 64


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"files": {"/x.gguf": MISSING}}, 400, "file path must be relative"),
        ({"files": {"../x.gguf": MISSING}}, 400, "file path must be relative"),
        ({"files": {"x.gguf": ""}}, 400, "invalid digest format"),
        ({"files": {"x.gguf": "sha256:1"}}, 500, "invalid digest format"),
        ({"files": {}}, 400, "unknown type"),
        ({"files": {"x.bin": MISSING}}, 400, "unknown type"),
        ({"files": NOT_GGUF}, 400, "supplied file was not in GGUF format"),
        ({"from": "a b"}, 400, "invalid model name"),
        (
            {"from": "practice", "adapters": {"a.gguf": MISSING, "b.gguf": MISSING}},
            400,
            "only one adapter is currently supported",
        ),
        (
            {"from": "practice", "quantize": "q8_0"},
            500,
            "quantization is only supported for F16, BF16 and F32 models",
        ),
        (
            {"from": "practice", "files": {"x": 3}},
            400,
            "json: cannot unmarshal number into Go struct field CreateRequest.files of type string",
        ),
    ],
)
async def test_says_what_is_wrong(
    server: PracticeServer, fields: dict[str, Any], status: int, error: str
):
    has_file(server, b"PK")

    answer = await create(server, **fields, stream=False)

    assert (answer.status, answer.json()) == (status, {"error": error})
    assert "mine:latest" not in names(server)


async def test_quantized_weights_are_smaller(server: PracticeServer):
    await post(server, "/api/pull", model="practice/tiny")

    answer = await create(server, "tiny:q4", **{"from": "practice/tiny"}, quantize="q4_K_M")

    done = [line["completed"] for line in answer.lines() if "completed" in line]
    assert done == sorted(set(done))
    assert model(server, "tiny:q4").quantization == "Q4_K_M"
    assert model(server, "tiny:q4").size < 2_000_000
