"""What an answer's run sends to the model: the path from the first question to its own.

Where the older part of the path was summed up, the summary goes in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import UUIDField

from accounts.prepared import Prepared
from chat.attachments import prompting
from chat.models import Attachment, Message, Summary
from inference.models import Model, Run
from inference.prompts import Prompt

SUMMED_UP = "What was said before, summed up:"


@dataclass(frozen=True)
class History:
    """Messages as Ollama takes them, the id of each (None for one of ours), and the summary."""

    messages: list[dict[str, Any]]
    ids: list[str | None]
    summary: Summary | None


def build(run: Run) -> Prompt:
    """The conversation up to the answer that the run writes.

    An answer that has text already comes last, without trailing white space, for the model to go on
    with (measured: after a space it never does). Thinking is not sent back.
    Raises Message.DoesNotExist.
    """
    path = Message.objects.path_to(run.subject)
    if not path:
        raise Message.DoesNotExist
    answer = path[-1]
    history = history_of(path, answer.text, run.parameters.get("system", ""))
    return Prompt(
        messages=history.messages,
        before=answer.text,
        before_thinking=answer.thinking,
        first=str(path[0].pk),
        ids=history.ids,
        notes={"summary": str(history.summary.pk)} if history.summary else {},
        image=prompting.image,
    )


def history_of(
    path: Sequence[Message], before: str, system: str, *, instead_of: Summary | None = None
) -> History:
    """What goes to the model, as Ollama takes it, for the answer that ends the path.

    Images are names of files, which `prompting.image` reads.
    `before` is the text that the answer had when its run began; `system` comes before all, where it
    takes the place of the model's own. The summary that is to come `instead_of` another is made
    without that one.
    """
    answer = path[-1]
    summary = summary_on(path, instead_of)
    if summary is not None:
        # A system message takes the place of the model's own, which is to stay.
        system = system or _own_system(answer.model_name)
        system = f"{system}\n\n{SUMMED_UP}\n\n{summary.text}".lstrip()
        path = path[[each.pk for each in path].index(summary.up_to_id) + 1 :]
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    ids: list[str | None] = [None] if system else []
    attachments = Attachment.objects.by_message(path)
    for message in path[:-1]:
        if message.text or message.attachment_count:  # an answer that failed says nothing
            messages.append(prompting.said(message, attachments.get(message.pk, ())))
            ids.append(str(message.pk))
    if beginning := before.rstrip():
        messages.append({"role": answer.role, "content": beginning})
        ids.append(str(answer.pk))
    return History(messages, ids, summary)


_summaries = Prepared(
    lambda conversation: Summary.objects.filter(conversation=conversation).exclude(text=""),
    conversation=UUIDField(),
)


def summary_on(path: Sequence[Message], without: Summary | None = None) -> Summary | None:
    """The newest summary that stands for the beginning of a path, if its text is there."""
    if len(path) < 2:
        return None
    of_it = _summaries.each(conversation=path[0].conversation_id)
    by_end = {each.up_to_id: each for each in of_it if each != without}
    return next((by_end[each.pk] for each in reversed(path[:-1]) if each.pk in by_end), None)


def _own_system(model_name: str) -> str:
    known = Model.objects.filter(name=model_name).values_list("system", flat=True)
    return known.first() or ""
