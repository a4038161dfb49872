"""The part of a conversation that a page holds, ready for its templates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID, uuid4

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import words
from chat.models import Attachment, Conversation, Message, refresh_html
from chat.prose import Prose, prose_of
from chat.states import State, state_of
from chat.summaries import Sight, sight_of
from chat.tool_calls import Call, calls_of
from chat.versions import Versions, versions_of
from inference.live import snapshot
from inference.live.snapshot import Snapshot
from inference.models import Run

# Messages that a page holds at first and loads at a time, and the most that it brings up to date.
PART = 30
MOST = 600


@dataclass(frozen=True)
class Shown:
    """A message as a page shows it."""

    message: Message
    is_last: bool
    versions: Versions | None = None  # where there are several
    attachments: Sequence[Attachment] = ()
    sight: Sight | None = None  # where it is the first that the model sees
    compared: bool = False  # it stands beside the answers of other models
    beside: Sequence["Shown"] = ()  # all these, itself among them
    is_whole: bool = False  # however long it is

    @property
    def pictures(self) -> list[Attachment]:
        return [each for each in self.attachments if each.is_image]

    @property
    def texts(self) -> list[Attachment]:
        return [each for each in self.attachments if not each.is_image]

    @cached_property
    def state(self) -> State:
        return state_of(self.message)

    @property
    def prose(self) -> Prose:
        """An answer that has ended."""
        return prose_of(self.message.html, whole=self.is_whole)

    @property
    def thinking(self) -> Prose:
        return prose_of(self.message.thinking_html, whole=self.is_whole)

    @cached_property
    def snapshot(self) -> Snapshot | None:
        """What a running answer has written so far, rendered."""
        run = self.message.run
        if run is None or not run.is_open:
            return None
        return snapshot.of(run, before=self.message.text, before_thinking=self.message.thinking)

    @property
    def calls(self) -> list[Call]:
        """What the model wanted to be called."""
        return calls_of(self.message.tool_calls)

    @property
    def key(self) -> UUID:
        """For the form that asks again: what is sent twice with it is done once."""
        return uuid4()

    @property
    def figures(self) -> list[str]:
        """What Ollama measured, in words: tokens, speed, first token; and what it could not see."""
        run = self.message.run
        if run is None or run.answer_tokens is None:
            return []
        figures = []
        count = _tokens_of(run)
        if count is not None:
            figures.append(
                ngettext("%(n)s token", "%(n)s tokens", count) % {"n": words.whole(count)}
            )
        if run.answer_ns and run.answer_tokens > 1:
            speed = words.decimal(run.answer_tokens / (run.answer_ns / 1e9))
            figures.append(_("%(n)s tokens/s") % {"n": speed})
        if run.first_token_at and run.started_at:
            waited = (run.first_token_at - run.started_at).total_seconds()
            figures.append(_("first token %(time)s") % {"time": words.seconds(max(waited, 0))})
        if unseen := run.sent.get("unseen"):
            figures.append(
                ngettext("%(n)s image not seen", "%(n)s images not seen", unseen) % {"n": unseen}
            )
        return figures


def _tokens_of(run: Run) -> int | None:
    """Those of the whole answer; None where a part that the run went on from was not counted."""
    if not run.sent.get("before"):
        return run.answer_tokens
    parts = Run.objects.filter(subject=run.subject).values_list("answer_tokens", flat=True)
    counts = [each for each in parts if each is not None]
    return sum(counts) if len(counts) == len(parts) else None


@dataclass(frozen=True)
class Thread:
    """Some messages of the shown path, oldest first."""

    messages: list[Shown]
    older_than: UUID | None = None  # the first of these, if there are messages before it

    @property
    def last(self) -> Shown | None:
        return self.messages[-1] if self.messages else None


def newest(conversation: Conversation, whole: Collection[UUID] = ()) -> Thread:
    """The end of the conversation; the messages `whole` are not cut, however long they are."""
    return _part(conversation, conversation.leaf_id, whole)


def older(conversation: Conversation, before: UUID) -> Thread:
    """The messages before one. Raises Message.DoesNotExist if it is not in this conversation."""
    return _part(conversation, conversation.messages.get(pk=before).parent_id)


def since(conversation: Conversation, first: UUID, whole: Collection[UUID] = ()) -> Thread | None:
    """From `first` to the end; None if `first` is not on the path, or too far up."""
    path = _path(conversation, conversation.leaf_id, MOST)
    start = next((i for i, message in enumerate(path) if message.pk == first), None)
    if start is None:
        return None
    older_than = first if path[start].parent_id else None
    return Thread(_with_those_beside(conversation, path[start:], whole), older_than)


def opened_at(conversation: Conversation, first: UUID) -> Thread | None:
    """The same for a page that is opened there to be read: its first answer begins at its start."""
    found = since(conversation, first)
    if found is None:
        return None
    of_answers = (n for n, each in enumerate(found.messages) if each.message.is_answer)
    if (at := next(of_answers, None)) is not None:
        answer = found.messages[at]
        beside = [replace(each, is_whole=True) for each in answer.beside]
        found.messages[at] = replace(answer, is_whole=True, beside=beside)
    return found


def after(conversation: Conversation, message_id: UUID) -> Thread | None:
    """What follows a message; None if it is not near the end of the path."""
    path = _path(conversation, conversation.leaf_id, PART)
    ids = [message.pk for message in path]
    if message_id not in ids:
        return None
    return Thread(_with_those_beside(conversation, path[ids.index(message_id) + 1 :]))


def one(message: Message, *, whole: bool = False) -> Shown:
    """A message on its own."""
    return _shown(message.conversation, [message], [message.pk] if whole else [])[0]


def _part(conversation: Conversation, end: UUID | None, whole: Collection[UUID] = ()) -> Thread:
    path = _path(conversation, end, PART + 1)
    more = len(path) > PART
    path = path[1:] if more else path
    return Thread(_with_those_beside(conversation, path, whole), path[0].pk if more else None)


def _path(conversation: Conversation, end: UUID | None, limit: int) -> list[Message]:
    return Message.objects.path_to(end, limit) if end else []


def _shown(
    conversation: Conversation, messages: Sequence[Message], whole: Collection[UUID] = ()
) -> list[Shown]:
    prefetch_related_objects(messages, "author", "run")
    refresh_html(messages)
    # Read before the messages were: an answer that has ended since is not shown without its text.
    latest = conversation.latest_run
    for message in messages:
        message.conversation = conversation
        if latest is not None and latest.is_open and message.run_id == latest.pk:
            message.run = latest
    versions = versions_of(conversation, messages)
    attachments = Attachment.objects.without_text().by_message(messages)
    sight = sight_of(conversation)
    return [
        Shown(
            message,
            message.pk == conversation.leaf_id,
            versions.get(message.pk),
            attachments.get(message.pk, ()),
            sight if sight and sight.first_seen == message.pk else None,
            conversation.compares(message),
            is_whole=message.pk in whole,
        )
        for message in messages
    ]


def _with_those_beside(
    conversation: Conversation, messages: list[Message], whole: Collection[UUID] = ()
) -> list[Shown]:
    """The messages of a path; where its end is compared, with the answers that it stands beside."""
    shown = _shown(conversation, messages, whole)
    if not shown or not shown[-1].compared:
        return shown
    # Read before the messages: an answer that ends meanwhile is not shown without its text.
    runs = {run.pk: run for run in conversation.unfinished_runs()}
    side_by_side = conversation.messages.filter(parent=conversation.compared_id)
    answers = list(side_by_side.order_by("created_at", "pk"))  # as their models were named
    for answer in answers:
        if answer.run_id in runs:
            answer.run = runs[answer.run_id]
    return [*shown[:-1], replace(shown[-1], beside=_shown(conversation, answers, whole))]
