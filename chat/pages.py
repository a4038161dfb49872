"""Puts together what the chat's templates need."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.access import PersonRequest
from accounts.models import Person
from chat import thread
from chat.attachments.posting import posted
from chat.forms import MessageForm
from chat.gauge import Gauge, gauge_of
from chat.models import Attachment, Conversation, Defaults, Message
from chat.settings import LEVELS, USUAL_LEVEL, summary, think_sent
from chat.text import clean
from chat.thread import Thread
from inference.models import Model, ModelChoice

# Answers to a form: what was typed stands in it again.
ANSWER_RUNNING = 409
INVALID = 422


@dataclass
class Composer:
    """The form at the foot of the page, what it chooses from, and why it refused."""

    person: Person
    conversation: Conversation | None = None
    text: str = ""
    key: UUID | str = field(default_factory=uuid4)
    error: str = ""
    wanted: str = ""  # the model that the form named
    attachments: Sequence[Attachment] = ()
    choices: list[ModelChoice] | None = None  # where they are known already
    also: Sequence[str] = ()  # the models that are asked besides
    is_temporary: bool = False  # of a fresh page: what it begins is not listed

    def __post_init__(self) -> None:
        known = self.choices
        self.models = Model.objects.choices(self.person) if known is None else known
        self.model = self._chosen()

    def emptied(self) -> "Composer":
        """The form for the next message, right after this one was sent."""
        return Composer(self.person, self.conversation, choices=self.models)

    def form(self, request: PersonRequest) -> MessageForm:
        """What was sent, to be checked."""
        default = self.model.name if self.model else None
        files = posted(request)
        self.attachments = files.attachments
        return MessageForm(request.POST, models=self.models, default_model=default, posted=files)

    def refuse(self, request: PersonRequest, error: str) -> None:
        """Takes over what was typed, and says why it was not sent."""
        self.text = clean(request.POST.get("text", ""))
        self.key = request.POST.get("key", "") or self.key
        self.wanted = clean(request.POST.get("model", ""))
        self.also = request.POST.getlist("also")
        self.model = self._chosen()
        self.error = error
        think = think_sent(request.POST, self.model)
        if think is not None:
            self.settings = {**self.settings, "think": think}

    @property
    def stays_here(self) -> bool:
        """Whether no model can be chosen that Ollama would forward to another host."""
        return not settings.ALLOW_REMOTE_MODELS

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Those of the conversation; on a fresh page those that it will begin with."""
        return self.conversation.settings if self.conversation else Defaults.of(self.person)

    @property
    def summary(self) -> str:
        """What differs from the model's own, shortly."""
        return summary(self.settings, self.person, self.model)

    @property
    def sees(self) -> list[str]:
        """The models that can look at images."""
        return [choice.name for choice in self.models if choice.sees]

    @property
    def may_think(self) -> bool:
        return any(choice.thinks and not choice.thinks_by_level for choice in self.models)

    @property
    def may_think_by_level(self) -> bool:
        return any(choice.thinks_by_level for choice in self.models)

    @property
    def thinks(self) -> bool:
        """Whether a model that can is to think; it does if nobody says no."""
        return self.settings.get("think") is not False

    @property
    def think_level(self) -> str:
        wanted = self.settings.get("think")
        if wanted in LEVELS:
            return str(wanted)
        return LEVELS[0] if wanted is False else USUAL_LEVEL

    def think_sent(self, request: PersonRequest, model_name: str) -> bool | str | None:
        """What the form says of thinking, for the model that it asks."""
        model = next((choice for choice in self.models if choice.name == model_name), None)
        return think_sent(request.POST, model)

    @cached_property
    def gauge(self) -> Gauge:
        return gauge_of(self.conversation, self.model, self.settings)

    def _chosen(self) -> ModelChoice | None:
        by_name = {choice.name: choice for choice in self.models}
        wanted = self.wanted or (self.conversation.model_name if self.conversation else "")
        if wanted not in by_name:
            wanted = Model.objects.default_model(self.person, wanted or self._last_used()) or ""
        return by_name.get(wanted)

    def _last_used(self) -> str | None:
        latest = Conversation.objects.visible_to(self.person).order_by("-updated_at")
        return latest.values_list("model_name", flat=True).first()


@dataclass
class Revision:
    """The form that a question's other words are written in, and why it refused."""

    question: Message
    text: str
    key: UUID | str = field(default_factory=uuid4)
    error: str = ""
    attachments: Sequence[Attachment] = ()


def conversation_page(
    request: PersonRequest,
    composer: Composer,
    *,
    shown: Thread | None = None,
    revision: Revision | None = None,
    toast: str = "",
    undo: Conversation | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page of one conversation, or a fresh one; `undo` offers to restore another.

    `revision` is the question that is being edited on it.
    """
    conversation = composer.conversation
    if conversation is not None and shown is None:
        shown = thread.newest(conversation)
    context = {
        "conversation": conversation,
        "thread": shown,
        "composer": composer,
        "revision": revision,
        "toast": toast,
        "undo": undo,
    }
    template = "chat/conversation.html" if conversation else "chat/home.html"
    return render(request, template, context, status=status)


def composer_part(request: PersonRequest, composer: Composer, status: int = 200) -> HttpResponse:
    """The form alone."""
    return render(request, "chat/_composer.html", {"composer": composer}, status=status)


def toast_part(request: PersonRequest, text: str, status: int) -> HttpResponse:
    """A sentence for the foot of the page."""
    return render(request, "chat/_toast.html", {"text": text}, status=status)


def refuse(request: PersonRequest, found: Conversation, why: str, status: int) -> HttpResponse:
    """Says in a sentence why nothing was done: over the page, or on a page of its own."""
    if request.htmx:
        return toast_part(request, why, status)
    return conversation_page(request, Composer(request.user, found), toast=why, status=status)


def parts(request: PersonRequest, *templates: str, **context: Any) -> HttpResponse:
    """Pieces of a page, with nothing between them that would add up when they are swapped in."""
    pieces = [render_to_string(name, context, request).strip() for name in templates]
    return HttpResponse("".join(pieces))
