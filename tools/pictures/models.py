"""The pictures of docs/models.md."""

import re
from dataclasses import replace

from playwright.sync_api import expect

from inference.practice import PracticeModel
from inference.practice.models import (
    TEMPLATE,
    TEMPLATE_WITH_THINKING,
    TEMPLATE_WITH_TOOLS,
)
from inference.practice.names import Name
from tools.pictures.stage import Stage

SAYS = (
    "It's-a me, Mario! The pipe behind the castle leads down to the cellars, and from there you "
    "can walk to the coin room. Mind the plants: they bite whoever stands still. When you hear "
    "music, jump."
)


def a_model(
    name: str, size: float, parameters: str, *, family: str, **more: object
) -> PracticeModel:
    """One that looks like those that teams run; `size` in GB."""
    model, _, tag = name.partition(":")
    made = PracticeModel(
        Name(model, tag),
        capabilities=("completion", "tools"),
        size=round(size * 1e9),
        parameter_size=parameters,
        family=family,
        context_length=131_072,
        template=TEMPLATE_WITH_TOOLS,
    )
    return replace(made, **more)  # type: ignore[arg-type]


LLAMA = a_model("llama3.2:3b", 2.0, "3.2B", family="llama")
QWEN = a_model(
    "qwen3:8b",
    5.2,
    "8.2B",
    family="qwen3",
    capabilities=("completion", "tools", "thinking"),
    context_length=40_960,
    template=TEMPLATE_WITH_THINKING,
)
GEMMA = a_model(
    "gemma3:12b",
    8.1,
    "12.2B",
    family="gemma3",
    capabilities=("completion", "vision"),
    template=TEMPLATE,
)
CODER = a_model("qwen2.5-coder:32b", 19.9, "32.8B", family="qwen2", context_length=32_768)
NOMIC = a_model(
    "nomic-embed-text:v1.5",
    0.27,
    "137M",
    family="nomic-bert",
    quantization="F16",
    capabilities=("embedding",),
    context_length=2048,
)
MARIO = replace(
    LLAMA,
    name=Name("mario"),
    parent="llama3.2:3b",
    system="You are Mario. Be short.",
    parameters={"temperature": 0.4},
    made_here=True,
    weights=LLAMA.file,
)
SERVERS = {"gpu-1": (LLAMA, QWEN, GEMMA, MARIO, NOMIC), "gpu-2": (LLAMA, QWEN, CODER)}
COMING = (
    a_model("qwen3:32b", 20.2, "32.8B", family="qwen3"),
    a_model("phi4:14b", 9.1, "14.7B", family="phi3"),
    a_model("gemma3:4b", 3.3, "4.3B", family="gemma3"),
    a_model("bge-m3:latest", 1.2, "567M", family="bert"),
)
TALKS = {
    "ann": ("llama3.2:3b", "qwen3:8b", "mario:latest", "llama3.2:3b"),
    "bob": ("llama3.2:3b", "qwen2.5-coder:32b", "qwen2.5-coder:32b"),
    "eve": ("llama3.2:3b", "gemma3:12b", "qwen3:8b"),
}


def take(stage: Stage) -> None:
    """Takes them all."""
    instance = stage.begin(SERVERS, WEBCHAT_OLLAMA_SLOTS="2")
    for practice in stage.practice.values():
        practice.script(speed=64)
    for person, models in TALKS.items():
        for model in models:
            instance.visitor(person).talk("Hello", model=model)
    _board(stage)
    _deletion(stage)
    _create(stage)
    _activity(stage)
    _jobs(stage)


def _on_gpu(stage: Stage) -> None:
    """Practice servers have no GPU."""
    stage.write("UPDATE inference_model SET size_vram = size_loaded")


def _board(stage: Stage) -> None:
    _on_gpu(stage)
    page = stage.open("admin", "/models/", height=720)
    expect(page.get_by_role("row", name=re.compile("llama3.2:3b")).first).to_be_visible()
    stage.keep(page, "models-board")


def _deletion(stage: Stage) -> None:
    page = stage.open("admin", "/models/", height=720)
    page.get_by_role("checkbox", name=re.compile("llama3.2:3b")).first.check()
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    stage.keep(page, "models-delete")


def _create(stage: Stage) -> None:
    stage.practice["gpu-1"].script(answer=SAYS, speed=40)
    stage.practice["gpu-2"].script(answer=SAYS, speed=40)
    page = stage.open("admin", "/models/create/?source=llama3.2:3b", height=900)
    page.get_by_label("Model name").fill("mario-2")
    page.get_by_label("System prompt").fill("You are Mario, a plumber. Answer in few words.")
    page.get_by_label("Temperature").fill("0.4")
    page.get_by_label("Ask the draft").fill("Where does the pipe lead?")
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_text("jump.")).to_be_visible()
    stage.keep(page, "models-create")


def _activity(stage: Stage) -> None:
    for practice in stage.practice.values():
        practice.script(answer=None, speed=30)
    for person, model in (("ann", "llama3.2:3b"), ("bob", "qwen3:8b"), ("eve", "gemma3:12b")):
        stage.instance.visitor(person).ask("A long answer, please", model)
    page = stage.open("admin", "/models/activity/", height=860)
    expect(page.get_by_text(re.compile("[23] running"))).to_be_visible()
    _on_gpu(stage)
    expect(page.get_by_text("all GPU").first).to_be_visible()
    stage.keep(page, "models-activity")


def _jobs(stage: Stage) -> None:
    practice = stage.practice["gpu-1"]
    practice.script(registry=[_scripted(model) for model in COMING], pull_speed=0)
    (server,) = stage.instance.database.rows("SELECT id FROM inference_server WHERE name = 'gpu-1'")
    admin = stage.instance.visitor("admin").http

    def pull(name: str) -> None:
        admin.post("/models/jobs/pulls/", data={"name": name, "server": str(server[0])})

    page = stage.open("admin", "/models/jobs/", height=760)
    for name in ("bge-m3", "nobody/nothing"):
        pull(name)
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    practice.script(pull_speed=84_000_000)
    for name in ("qwen3:32b", "phi4:14b", "gemma3:4b"):
        pull(name)
    expect(page.get_by_text("of 20.2 GB")).to_be_visible()
    expect(page.get_by_text(re.compile("min left"))).to_have_count(2)
    stage.keep(page, "models-jobs")


def _scripted(model: PracticeModel) -> dict[str, object]:
    return {
        "name": str(model.name),
        "size": model.size,
        "parameter_size": model.parameter_size,
        "family": model.family,
    }
