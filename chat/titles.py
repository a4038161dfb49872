"""The title that a model gives a conversation after its first answer, unless a person gives one.

It is a background run: it waits until nobody waits for the model, and if it fails the first words
of the question stay the title, without a word about it.
"""

import re
from typing import Any

from django.conf import settings
from django.db.models import UUIDField
from django.dispatch import receiver

from accounts.prepared import Prepared
from chat.models import Conversation, Message
from chat.settings.think import think_for
from chat.text import clean, title_of
from inference.models import Model, Run
from inference.prompts import Prompt
from inference.queue import AlreadyRunning
from inference.signals import run_ended

WANTED = "Write a title of at most five words for this conversation. Answer with the title only."
# Characters of the question and of the answer that the model reads again.
LONGEST = 4_000
# Characters of its answer, after the thoughts, in which a title is looked for: looking takes longer
# than in proportion, and a model may write anything.
LOOKED_AT = 1_000
# Tokens; a model that cannot but think needs more before it comes to the title.
MOST_TOKENS, MOST_WITH_THOUGHTS = 40, 1_000

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
# With what may stand before it: "Here is the title: …".
_LABEL = re.compile(
    r"^(.{0,40}\W)??(title|titel|titre|t[ií]tulo|タイトル)\W{0,3}[:：]\W*", re.IGNORECASE
)
_MARKS = re.compile(r"\*\*|__|`+|^\s*(#+|[-*•>]|\d+[.)])\s+")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_AROUND = " \t{}\"'“”„‟‘’‚«»‹›「」『』*_~.,;:。、"


@receiver(run_ended, dispatch_uid="chat.ask_for_title")
def ask_for_title(run: Run, **kwargs: Any) -> None:
    """After the first answer, puts a run for the title into the line."""
    if not (
        settings.TITLES and run.purpose == run.Purpose.ANSWER and run.status == Run.Status.DONE
    ):
        return
    answer = _first_answer.first(pk=run.subject)
    if answer is None or not may_be_titled(answer.conversation) or run.person is None:
        return
    parameters = _parameters(run)
    if parameters is None:
        return
    try:
        Run.objects.submit(
            person=run.person,
            model_name=run.model_name,
            purpose=Run.Purpose.TITLE,
            subject=answer.conversation_id,
            parameters=parameters,
        )
    except AlreadyRunning:
        return


_first_answer = Prepared(
    lambda pk: (
        Message.objects.filter(pk=pk, parent__parent=None, parent__isnull=False)
        .exclude(text="")
        .select_related("conversation")
    ),
    pk=UUIDField(),
)


@receiver(run_ended, dispatch_uid="chat.take_title")
def take_title(run: Run, **kwargs: Any) -> None:
    """Gives the conversation its title, if nobody has given it one meanwhile."""
    if run.purpose != Run.Purpose.TITLE or run.status != Run.Status.DONE:
        return
    title = title_in(run.text)
    conversation = Conversation.objects.filter(pk=run.subject).first()
    if title and conversation is not None:
        conversation.take_title(title)


def may_be_titled(conversation: Conversation) -> bool:
    """Whether its title is only the first words of a question."""
    by_words = conversation.title_source == Conversation.TitleSource.WORDS
    return by_words and conversation.erase_at is None


def build(run: Run) -> Prompt:
    """The first question and its answer, and what is wanted. Raises Message.DoesNotExist."""
    first = Message.objects.filter(conversation=run.subject, parent__parent=None)
    answer = first.exclude(text="").filter(parent__isnull=False).select_related("parent")[:1].get()
    assert answer.parent is not None  # noqa: S101  an answer has its question
    said = [
        {"role": message.role, "content": message.text[:LONGEST]}
        for message in (answer.parent, answer)
        if message.text
    ]
    return Prompt([*said, {"role": "user", "content": WANTED}])


def title_in(text: str) -> str:
    """The title in what a model answered, on one line and cut; "" if there is none."""
    said = _THOUGHT.sub("", clean(text)).lstrip()[:LOOKED_AT]
    found = ""
    for line in said.splitlines():
        bare = _LINK.sub(r"\1", _MARKS.sub("", _LABEL.sub("", line, count=1)))
        title = " ".join(bare.split()).strip(_AROUND)
        if any(map(str.isalnum, title)):
            found = found or title
            if not line.rstrip().endswith((":", "：")):  # else the title comes below
                return title_of(title)
    return title_of(found)


def _parameters(run: Run) -> dict[str, Any] | None:
    """Not to think, where it can be helped; None if nobody has the model any more."""
    model = Model.objects.choice(run.model_name)
    if model is None:
        return None
    think = think_for(False, model)
    options = {"num_predict": MOST_WITH_THOUGHTS if isinstance(think, str) else MOST_TOKENS}
    # With another context the model would be loaded anew, twice.
    if num_ctx := (run.parameters.get("options") or {}).get("num_ctx"):
        options["num_ctx"] = num_ctx
    parameters: dict[str, Any] = {"options": options}
    return parameters if think is None else parameters | {"think": think}
