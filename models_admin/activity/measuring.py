"""Measures how quick a model is: five short prompts, asked when nobody waits."""

from typing import Any
from uuid import UUID, uuid5

from django.dispatch import receiver

from accounts.models import Person
from inference import prompts
from inference.models import AlreadyRunning, Run
from inference.prompts import Prompt
from inference.signals import run_ended
from models_admin.models import Measurement

# Different ones, so that Ollama's prefix cache answers none of them; always the same, so that days
# can be compared.
PROMPTS = (
    "Explain in three sentences why the sky is blue.",
    "List ten uses of a paper clip, one on each line.",
    "Write a short letter that asks a neighbour to water the plants.",
    "Describe in a few sentences how bread is made.",
    "Tell in five sentences of a walk along a river.",
)
OPTIONS = {"temperature": 0, "seed": 1, "num_predict": 100}
# The subjects of the runs: the same model is not measured twice at one time.
SPACE = UUID("c2d1f0a4-6a53-4c39-9f55-7a1f0a2f7b61")


def measure(person: Person, model_name: str) -> int:
    """Puts the runs into the queue; how many, 0 where the model is being measured already."""
    started = 0
    for number in range(len(PROMPTS)):
        try:
            Run.objects.submit(
                person=person,
                model_name=model_name,
                purpose=Run.Purpose.MEASURE,
                subject=uuid5(SPACE, f"{model_name} {number}"),
                parameters={"prompt": number, "options": OPTIONS, "think": False},
            )
        except AlreadyRunning:
            continue
        started += 1
    return started


def prompt(run: Run) -> Prompt:
    """What a run that measures asks."""
    text = PROMPTS[run.parameters.get("prompt", 0) % len(PROMPTS)]
    return Prompt([{"role": "user", "content": text}])


@receiver(run_ended)
def keep(*, run: Run, **_: Any) -> None:
    """Adds a run that has measured something to the day's figures."""
    is_ours = run.purpose == Run.Purpose.MEASURE and "prompt" in run.parameters
    if is_ours and run.status == Run.Status.DONE:
        Measurement.objects.add(run)


def register() -> None:
    """Says what such runs ask."""
    prompts.register(Run.Purpose.MEASURE, prompt)
