"""The form that makes a model: checked before anything is sent, as Ollama hardly looks at it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Group
from inference.models import Model, Server
from inference.ollama import CreateRequest, templates
from models_admin.creating import files, turns
from models_admin.creating.declared import GROUPS, DeclaredForm
from models_admin.creating.fields import FIRST, REST, NumberField, StopField
from models_admin.creating.sources import Source, Sources
from models_admin.creating.turns import Turn
from models_admin.models import Typed

# What a Modelfile does not hold; and what a trial sends, whatever is wrong with the rest.
NOT_WRITTEN = ("name", "server", "groups", "quantize")
TRIED = ("source", "server", "system", "stop", *FIRST, *REST)
IN_ORDER = (
    *("name", "source", "server", "system", *FIRST, *REST, "template", "license", "quantize"),
    *("rendered_by", "parsed_by", "requires"),
)


class CreateForm(DeclaredForm):
    """What was typed, checked, and the request that comes of it.

    Bound to a request's POST, or filled from `typed`, which nobody has checked.
    """

    def __init__(
        self, data: QueryDict | None = None, *, typed: Typed | None = None, sources: Sources
    ) -> None:
        sent = typed_of(data) if data is not None else typed or {}
        super().__init__(data, initial=_initial(sent), label_suffix="")
        self.sources = sources
        self.turns: list[Turn] = turns.turns_of(sent)
        wanted = sent.get("source", [""])[-1]
        if wanted and data is None:
            self.initial["source"] = wanted = sources.called(wanted)
        self.reused = files.find(wanted)
        self.chosen_server = sources.server(sent.get("server", [""])[-1])
        if self.reused:
            self.chosen_server = sources.server(str(self.reused.request.server_id))
        elif self.chosen_server is None:
            self.chosen_server = sources.server_of(wanted)
        if not wanted and sources.names:
            self.initial["source"] = wanted = sources.names[0]
        self.origin: Source | None = sources.find(wanted, self.chosen_server)
        self._offer(wanted)
        for name in (*FIRST, *REST):
            number = name != "stop"
            self.fields[name] = NumberField(name, self.origin) if number else StopField(self.origin)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def _offer(self, wanted: str) -> None:
        """Fills the fields that choose among what is there; what is gone stays to be seen."""
        choice: Any = self.fields["source"]
        there = [(name, name) for name in self.sources.names]
        if self.reused:
            there = [(self.reused.value, self.reused.words), *there]
        gone = [] if wanted in dict(there) or not wanted else [(wanted, wanted)]
        choice.choices = there
        choice.widget = forms.Select({"class": "input"}, choices=[*gone, *there])
        servers: Any = self.fields["server"]
        servers.choices = [(str(server.pk), server.name) for server in self.sources.servers]
        servers.widget.attrs["class"] = "input"
        if self.chosen_server:
            self.initial["server"] = str(self.chosen_server.pk)

    def focus(self) -> None:
        """Puts the cursor where something is to be mended first, as the page shows them."""
        wrong = next((name for name in IN_ORDER if self.has_error(name)), "")
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True

    # For the templates

    @property
    def first(self) -> Iterator[forms.BoundField]:
        """The parameters that most models are made with."""
        return (self[name] for name in FIRST)

    @property
    def rest(self) -> Iterator[forms.BoundField]:
        """All other parameters."""
        return (self[name] for name in REST)

    @property
    def opens_rest(self) -> bool:
        return self._is_busy(*REST)

    @property
    def opens_more(self) -> bool:
        return self._is_busy(
            "template", "license", "quantize", "rendered_by", "parsed_by", "requires"
        )

    @property
    def has_servers(self) -> bool:
        return len(self.sources.servers) > 1

    @property
    def has_groups(self) -> bool:
        return Group.objects.exists() or self.has_error("groups")

    @property
    def may_quantise(self) -> bool:
        """Whether the source allows it; what was asked for in spite of that stays to be seen."""
        allowed = self.origin is not None and self.origin.can_be_quantised
        return allowed or self.reused is not None or bool(self["quantize"].value())

    @property
    def roles(self) -> list[tuple[str, str]]:
        return [(role, str(words)) for role, words in turns.ROLES.items()]

    @property
    def exists(self) -> bool:
        """Whether another model has this name, so that to replace it must be chosen."""
        return bool(self["replace"].value()) or self.has_error("name", "exists")

    def _is_busy(self, *fields: str) -> bool:
        return any(
            self[name].value() or (self.is_bound and self.errors.get(name)) for name in fields
        )

    # Checks

    def clean_template(self) -> str:
        """Blanks alone are none; one that the source has already is not sent again."""
        template: str = self.cleaned_data["template"]
        if not template.strip() or (self.origin and template == self.origin.text("template")):
            return ""
        if problem := templates.check(template):
            raise ValidationError(problem.translated(_))
        return template

    def clean_quantize(self) -> str:
        wanted: str = self.cleaned_data["quantize"]
        if wanted and self.origin and not self.origin.can_be_quantised:
            raise ValidationError(
                _("%(name)s is quantised already (%(how)s). Only whole models can be.")
                % {"name": self.origin.row.name, "how": self.origin.row.quantization}
            )
        return wanted

    def clean(self) -> None:
        """What concerns several fields."""
        given = self.cleaned_data
        if not turns.check(self.turns):
            self.add_error(None, _("Mend the example turns."))
        server, source, name = self.chosen_server, given.get("source"), given.get("name")
        if server is None:
            self.add_error("server", _("There is no server to make it on."))
            return
        if source and not self.reused and not self.sources.is_on(source, server):
            words = _("%(server)s does not have %(model)s. Pull it there first.")
            self.add_error("source", words % {"server": server.name, "model": source})
        if name and not given.get("replace") and name.lower() != given.get("replaces", "").lower():
            there = Model.objects.filter(server=server, present=True, name__iexact=name)
            if there.exists():
                words = _("%(server)s has a model of this name. It would be replaced.")
                self.add_error(
                    "name", ValidationError(words % {"server": server.name}, code="exists")
                )
        if given.get("who") == GROUPS and "groups" not in self.errors and not given.get("groups"):
            self.add_error("groups", _("Choose one group or more."))

    def can_be_tried(self) -> bool:
        """Whether what a trial sends is right; says nothing of the rest."""
        self._forget(name for name in self.errors if name not in TRIED)
        if self.reused:
            self.add_error("source", _("Files can be asked only once a model is made of them."))
        return not self.errors and turns.check(self.turns)

    def can_be_written(self) -> bool:
        """Whether what a Modelfile holds is right."""
        self._forget(name for name in self.errors if name in NOT_WRITTEN)
        if self.reused:
            words = _("%(path)s is a file, which a Modelfile cannot bring along.")
            self.add_error("source", words % {"path": self.reused.names})
        return not self.errors and turns.check(self.turns)

    def _forget(self, fields: Iterable[str]) -> None:
        for name in list(fields):
            del self.errors[name]

    # What comes of it

    @property
    def made_on(self) -> Server:
        """Where it is made, once the form is valid."""
        assert self.chosen_server is not None  # noqa: S101
        return self.chosen_server

    @property
    def parameters(self) -> dict[str, Any]:
        """Those that were set, as Ollama takes them."""
        given = {name: self.cleaned_data.get(name) for name in (*FIRST, *REST)}
        return {name: value for name, value in given.items() if value not in (None, [])}

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [turn.message for turn in self.turns if turn.text.strip()]

    @property
    def request(self) -> dict[str, Any]:
        """The body of /api/create, without the name."""
        given = self.cleaned_data
        request = CreateRequest(
            model=given["name"],
            source="" if self.reused else given["source"],
            files=self.reused.model if self.reused else {},
            adapters=self.reused.adapters if self.reused else {},
            template=given["template"],
            system=given["system"],
            license=[given["license"]] if given["license"] else [],
            parameters=self.parameters,
            messages=self.messages,
            quantize=given["quantize"],
            renderer=given["rendered_by"],
            parser=given["parsed_by"],
            requires=given["requires"],
        )
        body = request.body()
        return {name: value for name, value in body.items() if name not in ("model", "stream")}


def typed_of(data: QueryDict) -> Typed:
    """What a form sent, without what is not one of its fields."""
    fields = {*CreateForm.base_fields, *FIRST, *REST, "turn_role", "turn_text"}
    return {name: values for name, values in data.lists() if name in fields}


def _initial(typed: Typed) -> dict[str, Any]:
    initial: dict[str, Any] = {name: values[-1] for name, values in typed.items() if values}
    if "groups" in typed:
        initial["groups"] = typed["groups"]
    return initial
