"""What a model no longer sees of a conversation, and the summary that is sent in its place."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils.translation import gettext as _

from chat import words
from chat.attachments import prompting
from chat.models import Conversation, Message, Role, Summary
from chat.prompts import history_of
from chat.settings.think import think_for
from inference.models import Model, Run
from inference.outcomes import explain
from inference.prompts import Prompt
from inference.signals import run_ended

WANTED = (
    "Sum up this conversation so far in at most 300 words, so that it can be continued from the "
    "summary alone. Keep names, figures, decisions and open questions. Answer with the summary "
    "only, in the language of the conversation."
)
MOST_TOKENS = 800


@dataclass(frozen=True)
class Sight:
    """From which message on the model sees the conversation, and what stands for those above."""

    first_seen: UUID
    model_name: str
    dropped: int  # messages that fell out of the last prompt
    num_ctx: int | None
    summary: Summary | None

    @property
    def words(self) -> str:
        if self.summary is not None and self.summary.text:
            return _("%(model)s gets a summary of what stands above.") % {"model": self.model_name}
        if self.num_ctx is None:
            return _("From here on %(model)s sees the conversation.") % {"model": self.model_name}
        return _(
            "From here on %(model)s sees the conversation. "
            "What stands above no longer fits into %(size)s tokens."
        ) % {"model": self.model_name, "size": words.tokens(self.num_ctx)}

    @property
    def is_open(self) -> bool:
        return self.summary is not None and self.summary.is_open

    @property
    def trouble(self) -> str:
        """Why the last try brought no summary."""
        run = self.summary.run if self.summary else None
        if run is None or run.is_open or run.status == Run.Status.DONE:
            return ""
        return _("Stopped.") if run.status == Run.Status.STOPPED else explain(run)


def sight_of(conversation: Conversation) -> Sight | None:
    """For the path that is shown, from its last run; None while the model sees all of it."""
    run = _last_run(conversation)
    sent = run.sent if run else {}
    if run is None or not sent.get("sees") or not (sent.get("cut") or sent.get("summary")):
        return None
    first_seen = UUID(sent["sees"])
    above = Message.objects.filter(pk=first_seen).values_list("parent", flat=True).first()
    found = Summary.objects.filter(up_to=above).select_related("run").first() if above else None
    return Sight(first_seen, run.model_name, sent["cut"], sent.get("num_ctx"), found)


def ask(message: Message) -> Summary | None:
    """Has what stands above this message summed up; None if nothing does."""
    above = message.parent
    if above is None or above.conversation.owner is None:
        return None
    above.conversation = message.conversation
    return Summary.ask(above, message.conversation.owner, _parameters(message.conversation))


def build(run: Run) -> Prompt:
    """The messages that are summed up, an older summary in place of its own, and what is wanted.

    Raises Summary.DoesNotExist.
    """
    summary = Summary.objects.select_related("up_to").get(pk=run.subject)
    path = Message.objects.path_to(summary.up_to_id)
    end = Message(
        conversation=summary.up_to.conversation,
        role=Role.ASSISTANT,
        model_name=summary.model_name,
    )
    earlier = history_of([*path, end], "", run.parameters.get("system", ""), instead_of=summary)
    return Prompt(
        messages=[*earlier.messages, {"role": "user", "content": WANTED}],
        ids=[*earlier.ids, None],
        image=prompting.image,
    )


@receiver(run_ended, dispatch_uid="chat.keep_summary")
def keep_summary(run: Run, **kwargs: Any) -> None:
    """Stores the summary in the transaction that ends its run."""
    if run.purpose != Run.Purpose.SUMMARY:
        return
    of = Summary.objects.select_related("conversation").filter(pk=run.subject).first()
    if of is not None:
        of.take(run)


def _last_run(conversation: Conversation) -> Run | None:
    latest = conversation.latest_run
    leaf = conversation.leaf_id
    if latest is None or leaf is None or latest.subject == leaf:
        return latest
    return Run.objects.filter(subject=leaf).order_by("-queued_at").first()


def _parameters(conversation: Conversation) -> dict[str, Any]:
    """No thoughts, and the conversation's own window: else the model would be loaded anew."""
    options: dict[str, Any] = {"num_predict": MOST_TOKENS}
    chosen = conversation.settings.get("options") or {}
    if num_ctx := chosen.get("num_ctx"):
        options["num_ctx"] = num_ctx
    model = Model.objects.choice(conversation.model_name)
    think = think_for(False, model) if model else None
    return {"options": options} | ({} if think is None else {"think": think})
