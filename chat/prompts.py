"""What an answer's run sends to the model: the path from the first question to its own."""

from collections.abc import Sequence
from typing import Any

from chat.attachments import prompting
from chat.models import Attachment, Message
from inference.models import Run
from inference.prompts import Prompt


def build(run: Run) -> Prompt:
    """The conversation up to the answer that the run writes.

    An answer that has text already comes last, without trailing white space, for the model to go on
    with (measured: after a space it never does). Thinking is not sent back.
    Raises Message.DoesNotExist.
    """
    answer = Message.objects.get(pk=run.subject)
    path = Message.objects.path_to(answer.pk)
    return Prompt(
        messages=messages_of(path, answer.text, run.parameters.get("system", "")),
        before=answer.text,
        before_thinking=answer.thinking,
        first=str(path[0].pk),
        image=prompting.image,
    )


def messages_of(path: Sequence[Message], before: str, system: str) -> list[dict[str, Any]]:
    """What goes to the model, as Ollama takes it, for the answer that ends the path.

    Images are names of files, which `prompting.image` reads.
    `before` is the text that the answer had when its run began; `system` comes before all, where it
    takes the place of the model's own.
    """
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    attachments = Attachment.objects.by_message(path)
    messages += [
        prompting.said(message, attachments.get(message.pk, ()))
        for message in path[:-1]
        if message.text or message.attachment_count  # an answer that failed says nothing
    ]
    beginning = before.rstrip()
    if beginning:
        messages.append({"role": path[-1].role, "content": beginning})
    return messages
