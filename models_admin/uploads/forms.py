"""The form for a model that is made of files; filled in before they are uploaded, and kept."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Group
from inference.models import Model, Server
from inference.ollama import CreateRequest, templates
from models_admin.creating.declared import GROUPS, DeclaredForm
from models_admin.creating.fields import FIRST, REST, NumberField, StopField, TextField
from models_admin.models import Typed, Upload, UploadFile
from models_admin.uploads import manifest
from models_admin.uploads.manifest import Declared


class UploadForm(DeclaredForm):
    """Bound to what was sent with the list of files, or, for an `upload`, to what it keeps."""

    source = None  # type: ignore[assignment]  # Django's way to leave a field of the base out
    replaces = None  # type: ignore[assignment]
    listed = forms.CharField(required=False, widget=forms.HiddenInput)
    sums = TextField(
        label=gettext_lazy("SHA-256"),
        help_text=gettext_lazy(
            "If whoever offers the file says its sum: what comes is held to it. Several as "
            "sha256sum prints them, each with the name of its file."
        ),
        required=False,
        max_length=manifest.MOST_BYTES,
        widget=forms.Textarea({"class": "input code", "rows": 2, "dir": "ltr"}),
    )

    def __init__(self, data: QueryDict | None = None, *, upload: Upload | None = None) -> None:
        super().__init__(_kept(upload) if upload else data, label_suffix="")
        self.upload = upload
        self.servers = {str(row.pk): row for row in Server.objects.filter(enabled=True)}
        choice: Any = self.fields["server"]
        choice.choices = [(pk, row.name) for pk, row in self.servers.items()]
        choice.widget.attrs["class"] = "input"
        for name in (*FIRST, *REST):
            self.fields[name] = NumberField(name, None) if name != "stop" else StopField(None)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self.declared: list[Declared] = []

    # For the templates

    @property
    def numbers(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in (*FIRST, *REST))

    @property
    def has_servers(self) -> bool:
        return len(self.servers) > 1

    @property
    def has_groups(self) -> bool:
        return Group.objects.exists() or self.has_error("groups")

    @property
    def opens_more(self) -> bool:
        """Whether something that is folded away was filled in, or is wrong."""
        folded = ("sums", "license", "rendered_by", "parsed_by", "requires", *FIRST, *REST)
        return any(self[name].value() or self.has_error(name) for name in folded)

    @property
    def exists(self) -> bool:
        """Whether another model has this name, so that to replace it must be chosen."""
        return bool(self["replace"].value()) or self.has_error("name", "exists")

    # Checks

    def clean_template(self) -> str:
        template: str = self.cleaned_data["template"]
        if not template.strip():
            return ""
        if problem := templates.check(template):
            raise ValidationError(problem.translated(_))
        return template

    def clean(self) -> None:
        """What concerns several fields."""
        given = self.cleaned_data
        if self.upload is None:
            self._check_files()
        server, name = self._server(), given.get("name")
        if server is None:
            self.add_error("server", _("There is no server to make it on."))
        elif name and not given.get("replace"):
            there = Model.objects.filter(server=server, present=True, name__iexact=name)
            if there.exists():
                words = _("%(server)s has a model of this name. It would be replaced.")
                self.add_error(
                    "name", ValidationError(words % {"server": server.name}, code="exists")
                )
        if given.get("who") == GROUPS and "groups" not in self.errors and not given.get("groups"):
            self.add_error("groups", _("Choose one group or more."))

    def _check_files(self) -> None:
        given = self.cleaned_data
        try:
            self.declared = manifest.read(given.get("listed", ""), given.get("sums", ""))
        except ValidationError as error:
            self.add_error("sums" if error.code == "sums" else "listed", error)

    def _server(self) -> Server | None:
        if self.upload is not None:
            return self.servers.get(str(self.upload.server_id))
        chosen = self.cleaned_data.get("server") or next(iter(self.servers), "")
        return self.servers.get(chosen)

    # What comes of it

    @property
    def made_on(self) -> Server:
        """Where it is made, once the form is valid."""
        server = self._server()
        assert server is not None  # noqa: S101
        return server

    @property
    def typed(self) -> Typed:
        """What was sent, to be kept beside the upload."""
        fields = self.fields.keys() - {"listed", "sums"}
        sent: Any = self.data
        return {name: sent.getlist(name) for name in sorted(fields) if name in sent}

    @property
    def request(self) -> dict[str, Any]:
        """The body of /api/create, without the name, once all files are here."""
        given = self.cleaned_data
        parameters = {name: given.get(name) for name in (*FIRST, *REST)}
        request = CreateRequest(
            model=given["name"],
            files=self._digests(UploadFile.Role.MODEL),
            adapters=self._digests(UploadFile.Role.ADAPTER),
            template=given["template"],
            system=given["system"],
            license=[given["license"]] if given["license"] else [],
            parameters={key: value for key, value in parameters.items() if value not in (None, [])},
            quantize=given["quantize"],
            renderer=given["rendered_by"],
            parser=given["parsed_by"],
            requires=given["requires"],
        )
        body = request.body()
        return {name: value for name, value in body.items() if name not in ("model", "stream")}

    def _digests(self, role: UploadFile.Role) -> dict[str, str]:
        if self.upload is None:
            return {}
        return {file.name: file.digest for file in self.upload.files.all() if file.role == role}


def _kept(upload: Upload) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, values in upload.typed.items():
        sent.setlist(name, values)
    return sent
