from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import Group
from accounts.prepared import Parameter, Prepared
from inference import context
from inference.models.server import Server

if TYPE_CHECKING:
    from accounts.models import Person
    from inference.models.run import Run

# A tag that makes Ollama send the prompt to another host, whatever its catalogue says.
REMOTE_TAG = r"(:|-)cloud$"
# What Ollama says of the loading of a model that it had in memory is less than this.
IN_MEMORY_NS = 500_000_000
# Of the sizes of context that chats asked for, so many are remembered of a model.
MOST_SIZES_ASKED = 20
# Their thinking has a level and cannot be turned off; others take a level as "on". Ollama knows
# both names.
FAMILIES_WITH_LEVELS = frozenset({"gptoss", "gpt-oss"})


def remote_allowed() -> bool:
    """Whether models may be run that Ollama would send to another host; `runnable` follows it."""
    return bool(settings.ALLOW_REMOTE_MODELS)


@dataclass(frozen=True)
class ModelChoice:
    """A name that a person may choose, whichever servers have it."""

    name: str
    details: str  # "8.0B · Q4_K_M", "" where Ollama tells nothing
    loaded: bool  # by a server that answers
    answering: bool  # a server that has it answers now
    capabilities: frozenset[str]  # what every server's copy can do
    num_ctx: int | None  # tokens, for who asks for no size; the smallest of several, None: unknown
    context_length: int | None  # tokens that it was trained for
    parameters: dict[str, Any]  # the options that it was made with, as far as they are known
    family: str
    seen_at: datetime | None  # how old this knowledge is
    characters_per_token: float | None = None  # as it was learned
    image_tokens: float | None = None  # likewise, of one image

    @property
    def sees(self) -> bool:
        """Whether it can look at images."""
        return "vision" in self.capabilities

    def window(self, asked: int | None) -> int | None:
        """The tokens that it takes in when it is asked for so many, or for no size."""
        return min(asked, self.context_length or asked) if asked else self.num_ctx

    @property
    def thinks(self) -> bool:
        return "thinking" in self.capabilities

    @property
    def thinks_by_level(self) -> bool:
        """Whether it thinks more or less, and always does."""
        return self.thinks and self.family in FAMILIES_WITH_LEVELS


class ModelQuerySet(models.QuerySet["Model"]):
    def runnable(self) -> "ModelQuerySet":
        """On an enabled server, and not sent to another host unless the settings allow that."""
        there = self.filter(present=True, server__enabled=True)
        if remote_allowed():
            return there
        return there.filter(remote_host="").exclude(name__iregex=REMOTE_TAG)

    def usable_by(self, person: "Person") -> "ModelQuerySet":
        """Those that this person may use: the one way from a person to models."""
        if not person.is_active:
            return self.none()
        return self.runnable().filter(_is_for(person)).distinct()

    def is_for(self, person: UUID, name: str) -> bool:
        """Whether nothing keeps this person from a name, should a server have it; one query."""
        return _is_theirs.first(person=person, name=name) is not None

    def visible_to(self, person: "Person") -> "ModelQuerySet":
        """Those that the pages of models show: to managers all that servers in use have."""
        if person.manages_models:
            return self.filter(present=True, server__enabled=True)
        return self.usable_by(person)

    def for_chat(self) -> "ModelQuerySet":
        """Those that can answer: an embedding model has no `completion`."""
        # As text, because SQLite can't look into a JSON list.
        listed = self.alias(abilities=Cast("capabilities", models.TextField()))
        return listed.filter(abilities__contains='"completion"')

    def choices(self, person: "Person") -> list[ModelChoice]:
        """The names for the picker, in order; a name on several servers is there once.

        Of all models that the person may use, whatever this queryset was narrowed to.
        """
        by_name: dict[str, list[Model]] = {}
        usable = _usable.each(person=person.pk)
        for model in usable if person.is_active else ():
            by_name.setdefault(model.name, []).append(model)
        # "pip" stands before "pip-think", which ":latest" at its end would hide.
        names = sorted(by_name, key=lambda name: name.removesuffix(":latest"))
        return [_choice(name, by_name[name]) for name in names]

    def choice(self, name: str) -> ModelChoice | None:
        """What is known of a name that can be run, whoever asks; one query."""
        copies = list(self.runnable().filter(name=name).select_related("server").defer("system"))
        return _choice(name, copies) if copies else None

    def default_model(self, person: "Person", last_used: str | None = None) -> str | None:
        """The last one used, else the instance's, else one that is loaded, else the first by name.

        None where the person may use no model at all.
        """
        choices = {choice.name: choice for choice in self.choices(person)}
        if last_used in choices:
            return last_used
        the_instances = self.filter(is_default=True).values_list("name", flat=True)
        wanted = (
            *(name for name in the_instances if name in choices),
            *(choice.name for choice in choices.values() if choice.loaded and choice.answering),
            *(choice.name for choice in choices.values() if choice.answering),
            *choices,
        )
        return next(iter(wanted), None)

    def learn(self, run: "Run") -> None:
        """Notes what Ollama measured in `run`: how many tokens, how long loading took."""
        learned: dict[str, float] = {}
        if (measured := context.characters_per_token(run.sent, run.prompt_tokens)) is not None:
            learned["characters_per_token"] = measured
        if run.load_ns is not None and run.load_ns > IN_MEMORY_NS:
            learned["load_seconds"] = run.load_ns / 1e9
        if not learned and not run.sent.get("images"):
            return
        for model in self.filter(server=run.server_id, name=run.model_name):
            new = {name: _mixed(getattr(model, name), value) for name, value in learned.items()}
            ratio = model.characters_per_token
            if image := context.image_tokens(run.sent, run.prompt_tokens, ratio):
                # Some models make more of larger images: what was large once may be so again.
                new["image_tokens"] = max(image, _mixed(model.image_tokens, image))
            for name, value in new.items():
                setattr(model, name, value)
            model.save(update_fields=list(new))

    def asked_for(self, model: "Model", num_ctx: int) -> None:
        """Notes that the model will be loaded with a size that only somebody's own chat has."""
        if num_ctx in model.sizes_asked:
            return
        model.usual_num_ctx = model.window()
        model.sizes_asked = [*model.sizes_asked, num_ctx][-MOST_SIZES_ASKED:]
        model.save(update_fields=["usual_num_ctx", "sizes_asked"])


def _mixed(known: float | None, measured: float) -> float:
    return measured if known is None else known * 0.8 + measured * 0.2


def _is_for(person: Any) -> models.Q:
    """Restricted to nobody, or to a group that the person is in."""
    theirs = Group.objects.filter(members=person)
    return models.Q(groups=None) | models.Q(groups__in=theirs)


def _for_picker(person: Parameter) -> "models.QuerySet[Model]":
    usable = Model.objects.runnable().filter(_is_for(person)).distinct().for_chat()
    return usable.select_related("server").defer("system").order_by("server__name", "pk")


_is_theirs = Prepared(
    lambda person, name: Model.objects.filter(_is_for(person), name=name).only("pk"),
    person=models.UUIDField(),
    name=models.CharField(),
)
_usable = Prepared(_for_picker, under=remote_allowed, person=models.UUIDField())


def _choice(name: str, copies: "Iterable[Model]") -> ModelChoice:
    # What is said of the model is said of the copy that would serve it.
    copies = sorted(copies, key=lambda copy: (copy.server.error != "", not copy.loaded))
    is_known = any(copy.window() for copy in copies)
    # A copy whose size is not known takes in no more than it was trained for.
    windows = [copy.window() or copy.context_length for copy in copies]
    return ModelChoice(
        name=name,
        details=copies[0].details,
        loaded=any(copy.loaded and copy.server.error == "" for copy in copies),
        answering=any(copy.server.error == "" for copy in copies),
        capabilities=frozenset.intersection(*(frozenset(copy.capabilities) for copy in copies)),
        num_ctx=min(filter(None, windows)) if is_known else None,
        context_length=copies[0].context_length,
        parameters=copies[0].parameters,
        family=copies[0].family,
        seen_at=copies[0].seen_at,
        characters_per_token=copies[0].characters_per_token,
        image_tokens=copies[0].image_tokens,
    )


class Model(models.Model):
    """A name on a server, as the catalogue last saw it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    server = models.ForeignKey(Server, models.CASCADE, related_name="models")
    name = models.CharField(_("name"), max_length=350)  # as shown: with its tag
    digest = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField(default=0)  # bytes
    family = models.CharField(max_length=100, blank=True)
    parameter_size = models.CharField(max_length=50, blank=True)  # in words: "8.0B"
    quantization = models.CharField(max_length=50, blank=True)
    capabilities = models.JSONField(default=list, blank=True)
    context_length = models.PositiveIntegerField(null=True, blank=True)  # trained, tokens
    # What it was made with, options by name and a system text; and the digest that had these.
    parameters = models.JSONField(default=dict, blank=True)
    system = models.TextField(blank=True)
    described = models.CharField(max_length=100, blank=True)
    parent = models.CharField(max_length=350, blank=True)  # the name that it was made from
    modified_at = models.DateTimeField(null=True, blank=True)
    remote_host = models.CharField(max_length=500, blank=True)
    present = models.BooleanField(default=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    loaded = models.BooleanField(default=False)
    # In force, tokens; or when it was loaded last. Sizes that chats asked for do not hold for the
    # others: Ollama loads the model anew for those, with the size that was usual before.
    num_ctx = models.PositiveIntegerField(null=True, blank=True)
    sizes_asked = models.JSONField(default=list, blank=True)
    usual_num_ctx = models.PositiveIntegerField(null=True, blank=True)
    size_loaded = models.BigIntegerField(default=0)  # bytes
    size_vram = models.BigIntegerField(default=0)  # bytes of these on a GPU
    expires_at = models.DateTimeField(null=True, blank=True)

    # Learned from what Ollama measured; None until the first answer (see inference.context), and
    # until it had to be loaded for one.
    characters_per_token = models.FloatField(null=True, blank=True)
    image_tokens = models.FloatField(null=True, blank=True)
    load_seconds = models.FloatField(null=True, blank=True)

    is_default = models.BooleanField(_("default model"), default=False)
    # Whom it is restricted to; nobody named: it is for everybody.
    groups = models.ManyToManyField("accounts.Group", blank=True, related_name="models")

    objects = ModelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["server", "name"], name="one_name_on_a_server")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def details(self) -> str:
        return " · ".join(filter(None, (self.parameter_size, self.quantization)))

    def window(self, asked: int | None = None) -> int | None:
        """The tokens that it takes in when it is asked for so many, or for no size.

        None where that is not known. No model is loaded with more than it was trained for.
        """
        in_force = self.num_ctx if self.num_ctx not in self.sizes_asked else None
        size = asked or _own_size(self.parameters) or in_force or self.usual_num_ctx
        return min(size, self.context_length or size) if size else None


def _own_size(parameters: dict[str, Any]) -> int | None:
    """The context that it was made with: Ollama takes what it likes there."""
    own = parameters.get("num_ctx")
    return own if isinstance(own, int) and own > 0 else None
