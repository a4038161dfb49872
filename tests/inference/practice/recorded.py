"""The models of the recordings: what was recorded of them, and the answers they know by heart."""

import json
from pathlib import Path
from typing import Any

from inference.practice import Known, PracticeModel, tokens
from inference.practice.names import Name

WIRE = Path(__file__).parents[2] / "wire"


def recording(name: str) -> dict[str, Any]:
    return json.loads((WIRE / f"{name}.json").read_text())


def texts(name: str) -> list[str]:
    """The chunks of a recording, or its whole body as one."""
    response = recording(name)["response"]
    return [text for _, text in response.get("chunks", [])] or [response["body"]]


def _said(name: str) -> Known:
    """The answer that was recorded, in its pieces."""
    messages = [json.loads(line)["message"] for line in texts(name) if '"message"' in line]
    text = [each["content"] for each in messages if each["content"]]
    thinking = [each["thinking"] for each in messages if each.get("thinking")]
    if len(messages) > 1:
        return Known(tuple(text), tuple(thinking))
    return Known(tokens.pieces("".join(text)), tokens.pieces("".join(thinking)))


def _by_heart(*names: str) -> dict[str, Known]:
    return {
        recording(name)["request"]["body"]["messages"][-1]["content"]: _said(name) for name in names
    }


def _tagged(name: str) -> dict[str, Any]:
    listed = json.loads(texts("tags/list")[0])["models"]
    return next(model for model in listed if model["name"] == name)


_PARAMETERS = {"stop": ["<|im_start|>", "<|im_end|>"], "temperature": 0}


def _model(
    name: str,
    shown_in: str,
    parameters: dict[str, Any] = _PARAMETERS,
    answers: dict[str, Known] | None = None,
) -> PracticeModel:
    shown = json.loads(texts(shown_in)[0])
    tagged = _tagged(name)
    parent = shown["details"]["parent_model"]
    parsed = Name.parse(name)
    assert parsed
    return PracticeModel(
        parsed,
        capabilities=tuple(shown["capabilities"]),
        size=tagged["size"],
        parameter_size=tagged["details"]["parameter_size"],
        quantization=tagged["details"]["quantization_level"],
        family="llama",
        context_length=1536,
        embedding_length=192,
        block_count=4,
        template=shown["template"],
        system=shown.get("system", ""),
        parameters=parameters,
        licenses=tuple(shown["license"].split("\n")),
        messages=tuple(shown.get("messages", ())),
        modified_at=tagged["modified_at"],
        digest=tagged["digest"],
        parent="" if parent.startswith("/") else parent,
        weights="14b7536a81f73fdc49648f92ce9dc35bad52d088db10645825f51f3a670111d5",
        model_info=shown["model_info"],
        tensors=tuple(shown["tensors"]),
        answers=answers or {},
    )


def _copy(model: PracticeModel, name: str) -> PracticeModel:
    """Another name in the list, of which nothing but its entry was recorded."""
    parsed, tagged = Name.parse(name), _tagged(name)
    assert parsed
    return PracticeModel(
        parsed,
        size=tagged["size"],
        parameter_size=tagged["details"]["parameter_size"],
        quantization=tagged["details"]["quantization_level"],
        family="llama",
        modified_at=tagged["modified_at"],
        digest=tagged["digest"],
    )


PIP = _model(
    "pip:latest",
    "show/pip",
    answers=_by_heart(
        "chat/stream", "chat/whole", "chat/turns", "chat/markdown", "chat/unicode",
        "faults/runner-killed",
    ),
)  # fmt: skip
_PIRATE = {
    "num_ctx": 1024, "seed": 7, "stop": ["<|im_end|>"], "temperature": 0, "top_p": 0.9
}  # fmt: skip
# In the order in which the recording lists those that are of the same second.
RECORDED = (
    _copy(PIP, "z2:latest"),
    _model("team/pirate:v1", "show/all", _PIRATE, _by_heart("chat/created-messages")),
    _model("mario:latest", "show/name-legacy", answers=_by_heart("chat/created-system")),
    PIP,
    _copy(PIP, "pip:q8"),
    _model("pip-plain:latest", "show/plain"),
    _model(
        "pip-think:latest", "show/thinking", answers=_by_heart("chat/think", "chat/think-whole")
    ),
    _copy(PIP, "z:latest"),
)
