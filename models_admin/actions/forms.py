"""What can be done with models, each with what it asks for. All of it is started as jobs."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from inference.models import Job, Server
from models_admin.board.rows import Copy, Row
from models_admin.jobs import starting

# How long a model stays in memory when nobody uses it, as Ollama writes it.
KEEP = (
    ("", gettext_lazy("As long as the server is set to")),
    ("5m", gettext_lazy("5 minutes")),
    ("30m", gettext_lazy("30 minutes")),
    ("2h", gettext_lazy("2 hours")),
    ("8h", gettext_lazy("8 hours")),
    ("-1", gettext_lazy("Always, until somebody unloads it")),
)


class ActionForm(forms.Form):
    """Something done with the chosen rows, on those of their servers that are ticked.

    `initial_servers` says which are at first: "all", or the "first" that answers.
    """

    title: ClassVar[str | Promise]
    button: ClassVar[str | Promise]
    template: ClassVar[str]
    one_only: ClassVar[bool] = False
    initial_servers: ClassVar[str] = "all"

    def __init__(self, data: Any = None, *, rows: list[Row]) -> None:
        super().__init__(data, auto_id="action-%s")
        self.rows = rows
        names = {str(copy.server_id): copy.server for copy in self.copies()}
        self.server_names = dict(sorted(names.items(), key=lambda each: each[1].lower()))
        if len(names) > 1:
            self.fields["servers"] = forms.MultipleChoiceField(
                label=_("On which servers"),
                choices=list(self.server_names.items()),
                initial=self._initial_servers(),
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Choose a server.")},
            )

    def copies(self) -> list[Copy]:
        """Those that can be meant."""
        return [copy for row in self.rows for copy in row.copies]

    @property
    def names(self) -> list[str]:
        return sorted({row.name for row in self.rows})

    def start(self, person: Person) -> list[Job]:
        """Starts all that was asked for, or nothing: then [], and an error of the form says why."""
        try:
            with transaction.atomic():
                return [self._start(person, server, row) for server, row in self._targets()]
        except ValidationError as error:
            self.add_error("name" if "name" in self.fields else None, error.messages)
            return []

    def _start(self, person: Person, server: Server, row: Row) -> Job:
        raise NotImplementedError

    def _targets(self) -> Iterator[tuple[Server, Row]]:
        wanted = set(self.cleaned_data.get("servers") or self.server_names)
        possible = {copy.pk for copy in self.copies()}
        servers = {str(server.pk): server for server in Server.objects.filter(pk__in=wanted)}
        for row in self.rows:
            for copy in row.copies:
                if copy.pk in possible and str(copy.server_id) in servers:
                    yield servers[str(copy.server_id)], row

    def _initial_servers(self) -> list[str]:
        if self.initial_servers == "all":
            return list(self.server_names)
        answering = (str(copy.server_id) for copy in self.copies() if copy.answers)
        return [next(answering, next(iter(self.server_names)))]


class LoadForm(ActionForm):
    title = gettext_lazy("Load")
    button = gettext_lazy("Load")
    template = "models_admin/actions/_load.html"
    initial_servers = "first"

    keep = forms.ChoiceField(
        label=gettext_lazy("Keep it in memory after its last use"), choices=KEEP, required=False
    )

    def _start(self, person: Person, server: Server, row: Row) -> Job:
        keep = self.cleaned_data["keep"]
        return starting.start_load(person, server, row.name, -1 if keep == "-1" else keep or None)


class UnloadForm(ActionForm):
    title = gettext_lazy("Unload")
    button = gettext_lazy("Unload")
    template = "models_admin/actions/_unload.html"

    def copies(self) -> list[Copy]:
        return [copy for copy in super().copies() if copy.loaded]

    def clean(self) -> None:
        if not self.copies():
            raise ValidationError(_("It is not in the memory of any server."))

    def _start(self, person: Person, server: Server, row: Row) -> Job:
        return starting.start_unload(person, server, row.name)


class UpdateForm(ActionForm):
    title = gettext_lazy("Update")
    button = gettext_lazy("Update")
    template = "models_admin/actions/_update.html"

    def _start(self, person: Person, server: Server, row: Row) -> Job:
        return starting.start_update(person, server, row.name)


class DeleteForm(ActionForm):
    title = gettext_lazy("Delete")
    button = gettext_lazy("Delete")
    template = "models_admin/actions/_delete.html"

    running = forms.ChoiceField(
        label=gettext_lazy("Answers that it is writing"),
        choices=[
            ("wait", gettext_lazy("Wait until they have ended")),
            ("stop", gettext_lazy("Stop them now")),
        ],
        initial="wait",
        widget=forms.RadioSelect,
    )

    def _start(self, person: Person, server: Server, row: Row) -> Job:
        return starting.start_delete(person, server, row.name, self.cleaned_data["running"])


class NameForm(ActionForm):
    """Something that needs a second name."""

    one_only = True

    name = forms.CharField(
        label=gettext_lazy("New name"),
        max_length=350,
        widget=forms.TextInput({"class": "input", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("Letters from a to z, digits, “-”, “_” and “.”; a tag after “:”."),
    )


class CopyForm(NameForm):
    title = gettext_lazy("Copy")
    button = gettext_lazy("Copy")
    template = "models_admin/actions/_copy.html"

    def _start(self, person: Person, server: Server, row: Row) -> Job:
        return starting.start_copy(person, server, row.name, self.cleaned_data["name"])


class RenameForm(NameForm):
    title = gettext_lazy("Rename")
    button = gettext_lazy("Rename")
    template = "models_admin/actions/_rename.html"

    def _start(self, person: Person, server: Server, row: Row) -> Job:
        return starting.start_rename(person, server, row.name, self.cleaned_data["name"])


class PushForm(ActionForm):
    title = gettext_lazy("Push")
    button = gettext_lazy("Push")
    template = "models_admin/actions/_push.html"
    one_only = True
    initial_servers = "first"

    def _start(self, person: Person, server: Server, row: Row) -> Job:
        return starting.start_push(person, server, row.name)


def servers_of(copies: Iterable[Copy]) -> set[UUID]:
    return {copy.server_id for copy in copies}
