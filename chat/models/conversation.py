"""A conversation: what one person and models wrote to each other, as a tree of messages."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.database import in_passing
from accounts.models import Person
from accounts.prepared import Prepared, PreparedUpdate, insert
from chat.models.comparing import Comparing
from chat.models.defaults import Defaults
from chat.models.lifespan import UNSEEN
from chat.models.lists import IN_THE_OPEN, ConversationQuerySet
from chat.models.news import ended
from chat.models.organised import Organised
from chat.models.role import Role
from chat.models.titled import Titled
from chat.text import title_of
from inference.live.snapshot import Snapshot
from inference.models import Run
from inference.wakeups import show

if TYPE_CHECKING:
    from chat.models.attachment import Attachment
    from chat.models.message import Message


class AnswerRunning(Exception):
    """An answer is already queued or running in this conversation."""


class FollowedUp(Exception):
    """An answer that the conversation has gone on from must stay as it was read."""


class Conversation(Comparing, Titled, Organised):
    """One conversation. `leaf` ends the path through the tree that is shown and sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="conversations")
    model_name = models.CharField(max_length=350)
    settings = models.JSONField(default=dict, blank=True)  # see chat.settings
    leaf = models.ForeignKey("chat.Message", on_delete=models.SET_NULL, null=True, related_name="+")
    # The last one submitted. No other may be open, but for answers side by side: see Comparing.
    latest_run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, editable=False)  # when an answer last ended
    seen_at = models.DateTimeField(null=True, editable=False)  # when the owner last looked
    # From the form that forked it: what was sent twice with one key is there once.
    key = models.UUIDField(null=True, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-updated_at"], name="conversation_recent"),
            models.Index(
                fields=["owner", "-updated_at"], condition=IN_THE_OPEN, name="conversation_open"
            ),
            models.Index(fields=["folder", "-updated_at"], name="conversation_folder"),
            models.Index(
                fields=["owner", "pinned_at"],
                condition=models.Q(pinned_at__isnull=False),
                name="conversation_pinned",
            ),
            models.Index(
                fields=["owner", "-updated_at"],
                condition=models.Q(archived_at__isnull=False),
                name="conversation_archived",
            ),
            models.Index(
                fields=["erase_at"],
                condition=models.Q(erase_at__isnull=False),
                name="conversation_to_erase",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="conversation_once_for_a_key")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("chat:conversation", args=[self.pk])

    @property
    def is_answering(self) -> bool:
        """Whether an answer is queued or running; free of charge with `latest_run` selected."""
        return self.latest_run is not None and self.latest_run.is_open

    @property
    def stamp(self) -> str:
        """Differs whenever a page that shows it has something to fetch, but for growing text."""
        run = self.latest_run
        one = f"{self.leaf_id}.{run.pk}.{run.epoch}.{run.status}" if run else f"{self.leaf_id}"
        return f"{one}.{self.compared_id}.{self.answered_at}" if self.compared_id else one

    @property
    def is_ready(self) -> bool:
        """Whether an answer ended that the owner has not looked at."""
        return self.answered_at is not None and (
            self.seen_at is None or self.seen_at < self.answered_at
        )

    @classmethod
    def start(
        cls,
        person: Person,
        text: str,
        model_name: str,
        key: UUID,
        *,
        think: bool | str | None = None,
        attachments: Sequence["Attachment"] = (),
        also: Sequence[str] = (),
        is_temporary: bool = False,
    ) -> "Conversation":
        """Begins one with a question, and with the person's settings for new ones.

        Asked twice with one key, the first one's is returned. The others are as `send` takes them.
        """
        try:
            with transaction.atomic():
                conversation = cls.objects.create(
                    owner=person,
                    title=title_of(text or attachments[0].name),
                    model_name=model_name,
                    settings=Defaults.of(person),
                    is_temporary=is_temporary,
                    erase_at=timezone.now() + UNSEEN if is_temporary else None,
                )
                question = conversation.send(
                    person, text, model_name, key, think=think, attachments=attachments, also=also
                )
                if question.conversation_id != conversation.pk:
                    raise _AskedBefore(question)
                return conversation
        except _AskedBefore as before:
            return before.question.conversation

    def send(
        self,
        author: Person,
        text: str,
        model_name: str,
        key: UUID,
        instead_of: "Message | None" = None,
        *,
        think: bool | str | None = None,
        attachments: Sequence["Attachment"] = (),
        also: Sequence[str] = (),
    ) -> "Message":
        """Adds a question and asks the model, and others `also`; returns the question.

        Whether it is to `think` is remembered; None leaves that as it was.
        It goes to the end of the path, or becomes a sibling of the question `instead_of`, which
        stays with all below it. Asked again with the same key and text, it returns the first
        question and changes nothing. Files that were sent before are shared with those messages.
        Raises AnswerRunning while an answer is queued or running, and AttachmentGone.
        """
        try:
            with transaction.atomic():
                locked = self._lock()
                before = _asked.first(author=author.pk, key=key)
                gone = before and before.conversation.deleted_at
                if before and not gone and before.says(text, attachments):
                    return before
                if before:  # a form that the browser kept from an earlier page: no repetition
                    key = uuid.uuid4()
                locked._refuse_while_answering()
                question = locked.messages.model(
                    conversation=locked,
                    parent_id=instead_of.parent_id if instead_of else locked.leaf_id,
                    role=Role.USER,
                    author=author,
                    text=text,
                    attachment_count=len(attachments),
                    key=key,
                )
                locked.model_name = model_name
                if think is not None:
                    locked.settings["think"] = think
                locked._ask(question, author, [model_name, *also])
                if attachments:
                    question.attach(attachments)
        except IntegrityError:
            # The same key won a race in another conversation, which has another lock.
            return author.messages.get(key=key)
        self._take_over(locked)
        return question

    def regenerate(self, answer: "Message", asker: Person, model_name: str, key: UUID) -> "Message":
        """Asks the answer's question again, for a sibling of it, which is returned.

        The same key returns the same sibling. The model asked need not be the conversation's, which
        answers what is asked next. Raises AnswerRunning.
        """
        with transaction.atomic():
            locked = self._lock()
            before = _asked.first(author=asker.pk, key=key)
            if before:
                return before
            locked._refuse_while_answering()
            assert answer.parent is not None  # noqa: S101  an answer has its question
            sibling = locked._ask(answer.parent, asker, [model_name], key)
        self._take_over(locked)
        return sibling

    def continue_(self, answer: "Message", asker: Person) -> None:
        """Lets the model go on with an answer that has ended early, or try one that is empty again.

        Does nothing where it goes on already. Raises AnswerRunning if another answer runs that it
        does not stand beside, and FollowedUp where something was asked after it.
        """
        with transaction.atomic():
            locked = self._lock()
            if any(run.subject == answer.pk for run in locked.unfinished_runs()):
                return
            is_beside = locked.compares(answer)
            if not is_beside:
                locked._refuse_while_answering()
            if locked.messages.filter(parent=answer).exists():
                raise FollowedUp
            hint = {"kind": "changed", "message": str(answer.pk)}
            if not is_beside and locked.leaf_id != answer.pk:  # another tab has chosen another one
                hint = {"kind": "thread", "at": str(answer.pk)}
            locked.latest_run = answer.go_on(asker)
            if not is_beside:
                locked.leaf, locked.compared = answer, None
            locked.save(update_fields=["latest_run", "leaf", "compared"])
            locked.touched(hint)
        self._take_over(locked)

    def choose(self, version: "Message") -> None:
        """Shows this version of a question or an answer, and what was last said below it.

        The server remembers the choice: what is asked next goes on from there. Of answers side by
        side the others are stopped, and the model of this one is asked from now on. Else it raises
        AnswerRunning, as the answer that is written must stay on the page, with its Stop.
        """
        others: list[Run] = []
        with transaction.atomic():
            locked = self._lock()
            if locked.compares(version):
                others = locked.go_on_with(version)
            else:
                locked._refuse_while_answering()
                locked.compared = None
            locked.leaf_id = locked.messages.all().newest_end_below(version.pk)
            locked.save(update_fields=["leaf", "compared", "latest_run", "model_name"])
            hint = {"kind": "thread", "at": str(version.pk)}
            transaction.on_commit(lambda: show(locked.group, hint))
        for run in others:
            run.request_stop()
        self._take_over(locked)

    def set(self, settings: dict[str, Any]) -> None:
        """Has what is asked from now on follow these settings; what runs goes on as it was asked.

        Whether to think is the composer's, and stays.
        """
        with transaction.atomic():
            locked = self._lock()
            kept = {name: locked.settings[name] for name in ("think",) if name in locked.settings}
            locked.settings = {**settings, **kept}
            locked.save(update_fields=["settings"])
        self.settings = locked.settings

    def choose_model(self, model_name: str) -> None:
        """The model that answers from now on."""
        self.model_name = model_name
        self.save(update_fields=["model_name"])

    def mark_seen(self) -> None:
        """Notes that the owner looked, if there is something new to see."""
        if self.answered_at and self.is_ready:
            with in_passing():
                self.seen_at = max(timezone.now(), self.answered_at)  # whose clock may be ahead
                self.row().update(seen_at=self.seen_at)
                self.show_in_lists()

    def answer_ended(
        self, answer_id: UUID, now: datetime, *, saw_all: bool = True, shown: Snapshot | None = None
    ) -> None:
        """Notes that an answer ended, and has open pages fetch it once this is committed.

        They fetch all they show of the conversation if the model did not see all of it: the line
        that says from where on it did may have moved. Pages that have come as far as `shown` may
        keep the text that they show, and fetch the rest.
        """
        if self.compared_id:
            self.hand_on()
        _answered.run(pk=self.pk, answered_at=now)
        self.touched(ended(answer_id, shown) if saw_all else {"kind": "thread"})

    def _lock(self) -> "Conversation":
        """The row as it is now, for a change. Raises DoesNotExist if another tab deleted it."""
        # PostgreSQL locks the row; SQLite's transactions are IMMEDIATE and so one after another.
        locked = _locked.first(pk=self.pk)
        if locked is None:
            raise Conversation.DoesNotExist
        return locked

    def _refuse_while_answering(self) -> None:
        # Locked, so `latest_run_id` is the last one. Its run is read by itself: joined to the row
        # that is locked, PostgreSQL would show it as it was before the wait for the lock.
        if self.latest_run_id and _open_run.first(pk=self.latest_run_id):
            raise AnswerRunning

    def _ask(
        self,
        question: "Message",
        asker: Person,
        model_names: Sequence[str],
        key: UUID | None = None,
    ) -> "Message":
        """Adds an empty answer of each model and submits its run; the first ends the path.

        The question is added with it if it is new. Few statements: people wait for the first word.
        """
        answers = [
            self.messages.model(
                conversation=self,
                parent=question,
                role=Role.ASSISTANT,
                author=asker if key else None,
                model_name=model_name,
                key=key,
            )
            for model_name in model_names
        ]
        for each in answers:
            each.run = each.submitted(asker)
        answer = answers[0]
        is_new = question._state.adding
        insert(*([question, *answers] if is_new else answers))
        # Where answers stood side by side, one is left on the page.
        after = None if self.compared_id else self.leaf_id
        self.compared = question if len(answers) > 1 else None
        self.leaf = answer
        self.latest_run = answer.run
        self.updated_at = timezone.now()
        self.archived_at = None  # who goes on with it wants it at hand again
        _asked_of.save(self, pk=self.pk)
        # From `at` on the path is another one than before.
        hint = {"kind": "thread", "at": str(question.pk if is_new else answer.pk)}
        if question.parent_id == after and after is not None:  # nothing before it changed
            hint["after"] = str(after)
        self.touched(hint)
        return answer

    def _take_over(self, other: "Conversation") -> None:
        for name in ("leaf_id", "compared_id", "model_name", "settings", "updated_at"):
            setattr(self, name, getattr(other, name))


_answered = PreparedUpdate(
    lambda pk: Conversation.objects.filter(pk=pk), ("answered_at",), pk=models.UUIDField()
)
_locked = Prepared(
    lambda pk: Conversation.objects.select_for_update().filter(pk=pk, deleted_at=None),
    pk=models.UUIDField(),
)
_open_run = Prepared(lambda pk: Run.objects.open().filter(pk=pk).only("pk"), pk=models.UUIDField())
_asked: "Prepared[Message]" = Prepared(
    lambda author, key: apps.get_model("chat.Message").objects.filter(author=author, key=key),
    author=models.UUIDField(),
    key=models.UUIDField(),
)
_asked_of = PreparedUpdate(
    lambda pk: Conversation.objects.filter(pk=pk),
    (
        "leaf_id",
        "latest_run_id",
        "compared_id",
        "model_name",
        "settings",
        "updated_at",
        "archived_at",
    ),
    pk=models.UUIDField(),
)


class _AskedBefore(Exception):
    """Undoes the new conversation of a question that was there already."""

    def __init__(self, question: "Message") -> None:
        super().__init__()
        self.question = question
