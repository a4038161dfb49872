"""What was sent to the model for an answer: put together again from its run and the tree.

What stands before an answer never changes, as nothing is continued that something was asked after;
so the messages are not stored twice. The run's digest tells whether they are still the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chat.models import Attachment, Message
from chat.prompts import history_of
from inference import prompts
from inference.models import Run

# Parameters of a run that have a place of their own.
ELSEWHERE = ("options", "think", "system")


@dataclass(frozen=True)
class Sent:
    """The messages and the options by name, as JSON has them.

    The messages are Ollama's dicts, but with names for images, by which `pictures` has them.
    `is_exact` says that the digest is that of what was sent; `cut` messages before them were left
    out, as they no longer fitted.
    """

    run: Run
    messages: list[dict[str, Any]]
    options: list[tuple[str, str]]
    cut: int
    is_exact: bool
    pictures: dict[str, Attachment]

    @property
    def shown(self) -> list[tuple[dict[str, Any], list[Attachment]]]:
        """Each message with the images that went along."""
        return [
            (each, [self.pictures[name] for name in each.get("images", ())])
            for each in self.messages
        ]


def sent_for(answer: Message) -> Sent | None:
    """For the latest run of an answer; None if nothing was sent, or its record is gone."""
    run = answer.run
    if run is None or not run.sent:
        return None
    path = Message.objects.path_to(answer.pk)
    before = answer.text[: run.sent.get("before", 0)]
    history = history_of(path, before, run.parameters.get("system", ""))
    whole = prompts.without_marks(history.messages)
    cut = run.sent["cut"]
    system = 0
    while system < len(whole) and whole[system]["role"] == "system":
        system += 1
    messages = whole[:system] + whole[system + cut :]
    if not run.sent.get("images"):  # the model could not see them
        messages = [{k: v for k, v in each.items() if k != "images"} for each in messages]
    return Sent(
        run=run,
        messages=messages,
        options=_options(run, before),
        cut=cut,
        pictures={each.file_name: each for each in _pictures(path)},
        is_exact=prompts.digest(messages) == run.sent.get("digest"),
    )


def _pictures(path: Sequence[Message]) -> list[Attachment]:
    by_message = Attachment.objects.without_text().by_message(path)
    return [each for several in by_message.values() for each in several if each.is_image]


def _options(run: Run, before: str) -> list[tuple[str, str]]:
    others = {name: value for name, value in run.parameters.items() if name not in ELSEWHERE}
    others["think"] = run.sent.get("think")
    if before.strip():  # what goes on from a text goes on in its format by itself
        others.pop("format", None)
    options: dict[str, Any] = (run.parameters.get("options") or {}) | others
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in options.items()
        if value is not None
    ]
