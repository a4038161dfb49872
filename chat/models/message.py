"""A message: a person's question or a model's answer, in the tree of its conversation."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.urls import reverse
from django.utils import timezone

from accounts.database import in_passing
from accounts.models import Person
from accounts.prepared import PreparedUpdate
from chat.models.attachment import Attachment
from chat.models.conversation import Conversation
from chat.models.rating import REASON_LENGTH, Rating
from chat.models.role import Role
from chat.settings.effect import parameters_for
from inference.live import json_answer, renderer, snapshot
from inference.live.snapshot import Snapshot
from inference.models import Model, Run


@dataclass(frozen=True)
class Counted:
    """Tokens that Ollama counted, and what came after that and was not."""

    tokens: int
    characters: Sequence[int]  # of each message that says something
    with_files: Sequence[UUID]  # the ids of messages
    # Whether the share of its thoughts, which are not sent back, was taken off the tokens.
    is_estimate: bool


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Person) -> "MessageQuerySet":
        """Those of the conversations that the person sees."""
        return self.filter(conversation__in=Conversation.objects.visible_to(person))

    def path_to(self, leaf_id: UUID, limit: int | None = None) -> list["Message"]:
        """The messages from the root (or the `limit` last ones) to `leaf_id`, oldest first.

        One query whose cost grows with the path that is asked for, not with the conversation.
        """
        table = connection.ops.quote_name(Message._meta.db_table)
        up_to = "" if limit is None else "WHERE path.depth < %s"
        found = Message.objects.raw(
            f"""
            WITH RECURSIVE path(id, parent_id, depth) AS (
                SELECT id, parent_id, 1 FROM {table} WHERE id = %s
                UNION ALL
                SELECT above.id, above.parent_id, path.depth + 1
                FROM {table} above JOIN path ON above.id = path.parent_id {up_to}
            )
            SELECT {table}.*, path.depth FROM path JOIN {table} ON {table}.id = path.id
            """,  # noqa: S608 -- the table's name is ours
            [
                Message._meta.pk.get_db_prep_value(leaf_id, connection),
                *([] if limit is None else [limit]),
            ],
        )
        # Not in the query: SQLite would copy all texts, which may be megabytes, to sort them.
        return sorted(found, key=attrgetter("depth"), reverse=True)

    def counted_at(self, leaf_id: UUID, limit: int) -> "Counted | None":
        """What the last answer on the path to `leaf_id` that Ollama counted left in the context.

        None where it counted none of the `limit` last messages. One query.
        """
        table = connection.ops.quote_name(Message._meta.db_table)
        runs = connection.ops.quote_name(Run._meta.db_table)
        sql = f"""
            WITH RECURSIVE path(id, parent_id, run_id, depth) AS (
                SELECT id, parent_id, run_id, 1 FROM {table} WHERE id = %s
                UNION ALL
                SELECT above.id, above.parent_id, above.run_id, path.depth + 1
                FROM {table} above JOIN path ON above.id = path.parent_id WHERE path.depth < %s
            )
            SELECT path.id, run.prompt_tokens, COALESCE(run.answer_tokens, 0),
                CASE WHEN run.prompt_tokens IS NULL OR message.thinking <> ''
                    THEN LENGTH(message.text) END,
                LENGTH(message.thinking), run."offset", message.attachment_count
            FROM path JOIN {table} message ON message.id = path.id
                LEFT JOIN {runs} run ON run.id = path.run_id
            ORDER BY path.depth
            """  # noqa: S608 -- the tables' names are ours
        with connection.cursor() as cursor:
            cursor.execute(sql, [Message._meta.pk.get_db_prep_value(leaf_id, connection), limit])
            found = cursor.fetchall()
        characters: list[int] = []
        with_files: list[UUID] = []
        for pk, prompt, answered, written, thought, whole, files in found:
            if prompt is not None:
                # An answer that was gone on with thought in a run before, which is not counted.
                alone = thought and whole == thought + written
                thoughts = round(answered * thought / whole) if alone else 0
                return Counted(prompt + answered - thoughts, characters, with_files, thoughts > 0)
            if written:
                characters.append(written)
            if files:
                with_files.append(Message._meta.pk.to_python(pk))
        return None

    def newest_end_below(self, message_id: UUID) -> UUID:
        """The id of the newest message without children at or below this one. One query."""
        table = connection.ops.quote_name(Message._meta.db_table)
        [end] = Message.objects.raw(
            f"""
            WITH RECURSIVE below(id, created_at) AS (
                SELECT id, created_at FROM {table} WHERE id = %s
                UNION ALL
                SELECT child.id, child.created_at
                FROM {table} child JOIN below ON child.parent_id = below.id
            )
            SELECT id FROM below
            WHERE NOT EXISTS (SELECT 1 FROM {table} child WHERE child.parent_id = below.id)
            ORDER BY created_at DESC, id LIMIT 1
            """,  # noqa: S608 -- the table's name is ours
            [Message._meta.pk.get_db_prep_value(message_id, connection)],
        )
        return end.pk


class Message(models.Model):
    """One message. An answer's text grows in its run and is stored here when the run has ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    role = models.CharField(max_length=9, choices=Role.choices)
    # Who wrote the question, or asked for this answer anew.
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="messages"
    )
    text = models.TextField(blank=True)
    thinking = models.TextField(blank=True)
    # How long it thought, where the process that saw it knew.
    thought_seconds = models.PositiveIntegerField(null=True, editable=False)
    tool_calls = models.JSONField(default=list, blank=True)
    is_json = models.BooleanField(default=False)  # an answer that was asked for in JSON
    rating = models.CharField(max_length=4, choices=Rating.choices, blank=True)
    rating_reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    # How many files a question has: those without are not looked for.
    attachment_count = models.PositiveSmallIntegerField(default=0)
    # An answer's text and thinking, rendered by this version of the renderer.
    html = models.TextField(blank=True)
    thinking_html = models.TextField(blank=True)
    html_version = models.PositiveSmallIntegerField(default=0)
    model_name = models.CharField(max_length=350, blank=True)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # From the form: what was sent twice with one key is there once.
    key = models.UUIDField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="message_once_for_a_key")
        ]
        indexes = [
            # Also for the first questions, which have no parent.
            models.Index(fields=["conversation", "parent", "created_at"], name="message_siblings")
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return f"{reverse('chat:conversation', args=[self.conversation_id])}#message-{self.pk}"

    @property
    def is_answer(self) -> bool:
        return self.role == Role.ASSISTANT

    def says(self, text: str, attachments: Sequence[Attachment]) -> bool:
        """Whether this is the question with that text and those files."""
        return self.text == text and self.attachment_count == len(attachments)

    def attach(self, attachments: Sequence[Attachment]) -> None:
        """Gives a new question its files. Raises AttachmentGone."""
        Attachment.objects.attach(self, attachments)

    @property
    def is_broken_json(self) -> bool:
        """Whether it should be JSON and is not, or not all of it."""
        return self.is_json and bool(self.html) and not json_answer.is_tree(self.html)

    def submitted(self, asker: Person) -> Run:
        """A run for this answer, submitted: its first, or one that goes on from its text."""
        return Run.objects.submit(
            person=asker,
            model_name=self.model_name,
            purpose=Run.Purpose.ANSWER,
            subject=self.pk,
            audience=self.conversation_id,
            parameters=self._parameters(asker),
        )

    def go_on(self, asker: Person) -> Run:
        """Submits a run that goes on from the text; thoughts that led to none are thought anew."""
        self.run = self.submitted(asker)
        changed = ["run"]
        if not self.text.strip():
            self.thinking = self.thinking_html = ""
            self.thought_seconds = None
            changed += ["thinking", "thinking_html", "thought_seconds"]
        self.save(update_fields=changed)
        return self.run

    def _parameters(self, asker: Person) -> dict[str, Any]:
        settings = self.conversation.settings
        model = Model.objects.choice(self.model_name) if settings else None
        return parameters_for(settings, asker, model) if model else {}

    def rate(self, rating: str, reason: str = "") -> None:
        """Keeps what the reader thinks of this answer ("" takes it back); open pages show it."""
        self.rating, self.rating_reason = rating, reason if rating else ""
        self.save(update_fields=["rating", "rating_reason"])
        self.conversation.show_message(self.pk)

    def take(self, run: Run) -> Snapshot | None:
        """Stores what a run has written, rendered; what was there before is kept.

        Returns up to where pages have been brought, if what they then show is all of it.
        """
        written = run.written()
        self.text += written.text
        self.thinking += written.thinking
        self.tool_calls = run.tool_calls or self.tool_calls
        self.is_json = run.is_json or self.is_json
        live = snapshot.live_answers.get(self.pk)
        shown = live.snapshot if live else None
        if shown and shown.thought_seconds:
            self.thought_seconds = shown.thought_seconds
        self.run = run
        self.render()
        _taken.save(self, pk=self.pk)
        return shown if shown and shown.shows(self.thinking_html, self.html) else None

    def render(self) -> None:
        """Fills in the HTML, in this version of the renderer; does not save."""
        render = json_answer.render if self.is_json else renderer.render
        self.html = render(self.text, snapshot.prefix(self.pk))
        self.thinking_html = renderer.render(self.thinking, snapshot.thinking_prefix(self.pk))
        self.html_version = renderer.RENDERER_VERSION


_taken = PreparedUpdate(
    lambda pk: Message.objects.filter(pk=pk),
    (
        "text",
        "thinking",
        "thought_seconds",
        "tool_calls",
        "is_json",
        "run_id",
        "html",
        "thinking_html",
        "html_version",
    ),
    pk=models.UUIDField(),
)


def refresh_html(messages: Sequence[Message]) -> None:
    """Renders and saves those answers that an older version of the renderer had rendered."""
    old = [
        message
        for message in messages
        if message.is_answer
        and message.html_version != renderer.RENDERER_VERSION
        and (message.text or message.thinking)
    ]
    for message in old:
        message.render()
    if old:
        with in_passing():
            Message.objects.bulk_update(old, ["html", "thinking_html", "html_version"])
