"""The form of a server: what is typed is checked, and tried where it matters, before it is kept."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import Person
from inference import secrets, servers
from inference.clients import Way
from inference.models import Server
from models_admin.servers import addresses, certificates
from models_admin.servers.trying import Answered, NoServer, try_server

LONGEST_VALUE = 4_000
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
# Those that say how the request itself is sent.
OWN_HEADERS = {
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
}


class ServerForm(forms.Form):
    """Adds a server, or changes the one that it is given."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    url = forms.CharField(label=_("Address"), max_length=500)
    slots = forms.IntegerField(label=_("Slots"), min_value=1, max_value=Server.MOST_SLOTS)
    enabled = forms.BooleanField(label=_("In use"), required=False)
    header_name = forms.CharField(label=_("Header"), max_length=100, required=False)
    header_value = forms.CharField(
        label=_("Its value"),
        max_length=LONGEST_VALUE,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    no_header = forms.BooleanField(label=_("Send no header any more"), required=False)
    ca = forms.CharField(
        label=_("Certificate authority"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    ca_file = forms.FileField(label=_("or as a file"), required=False)

    def __init__(self, *args: Any, server: Server | None = None, **kwargs: Any) -> None:
        self.server = server
        self.answered: Answered | None = None
        super().__init__(*args, **kwargs)
        self.initial, self.label_suffix = self._initial(server), ""
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "input"

    def clean_url(self) -> str:
        """One spelling for each address, and each only once."""
        url = addresses.checked(self.cleaned_data["url"])
        found = Server.objects.filter(url=url).first()
        if found is not None and found != self.server:
            raise ValidationError(
                _("%(name)s has this address already."), params={"name": found.name}
            )
        return url

    def clean_header_name(self) -> str:
        """A header that is ours to send."""
        name: str = self.cleaned_data["header_name"].strip()
        if name and (not HEADER_NAME.fullmatch(name) or name.lower() in OWN_HEADERS):
            raise ValidationError(_("This is no header that a proxy could ask for."))
        return name

    def clean_header_value(self) -> str:
        """One line, as headers are."""
        value: str = self.cleaned_data["header_value"].strip()
        if not re.fullmatch(r"[\x20-\x7e]*", value):
            raise ValidationError(_("A header holds one line of plain letters."))
        return value

    def clean_ca_file(self) -> str:
        """The text of the file."""
        file: UploadedFile | None = self.cleaned_data["ca_file"]
        if file is None:
            return ""
        return certificates.checked(file.read(certificates.LARGEST + 1).decode("latin-1"))

    def clean_ca(self) -> str:
        """Certificates and nothing else."""
        return certificates.checked(self.cleaned_data["ca"])

    def clean(self) -> dict[str, Any]:
        """Tries what was typed, unless something about it is wrong already."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return typed
        way = self._way()
        if way.ca and way.url.startswith("http:"):
            self.add_error("ca", _("Certificates need an address that begins with “https://”."))
        elif self._names_another_header():
            self.add_error("header_value", _("Enter the value of this header too."))
        elif self.server is None or (typed["enabled"] and way != Way.to(self.server)):
            self._try(way)
        return typed

    @transaction.atomic
    def save(self, person: Person) -> Server:
        """Keeps what was typed; a server that is added ends the practice server."""
        typed, way = self.cleaned_data, self._way()
        server = self.server or Server()
        is_new = server._state.adding
        server.name = typed["name"] or _host(way.url)
        server.slots, server.enabled = typed["slots"], typed["enabled"]
        if way != Way.to(server):
            server.failures, server.rests_until, server.error = 0, None, ""
        server.url, server.sealed_headers, server.ca = way.url, way.sealed, way.ca
        if self.answered is not None:
            server.version = self.answered.version[:50]
        server.from_environment = False
        fields = [field.name for field in Server._meta.fields if field.name in CHANGED]
        server.save(force_insert=is_new, update_fields=None if is_new else fields)
        event = "server_added" if is_new else "server_changed"
        audit.record(event, person, server, address=server.address)
        if server.enabled:
            servers.use(server)
        return server

    def _names_another_header(self) -> bool:
        typed, kept = self.cleaned_data, header_of(self.server) if self.server else ""
        is_left = kept and not typed["no_header"] and not typed["header_value"]
        return bool(is_left) and typed["header_name"] not in ("", kept)

    def _try(self, way: Way) -> None:
        try:
            self.answered = try_server(way)
        except NoServer as error:
            self.add_error(error.field, error.words)

    def _way(self) -> Way:
        typed, before = self.cleaned_data, self.server
        sealed = before.sealed_headers if before else ""
        if typed["no_header"]:
            sealed = ""
        elif value := typed["header_value"]:
            sealed = secrets.seal(_header(typed["header_name"] or "Authorization", value))
        return Way(typed["url"], sealed, typed["ca_file"] or typed["ca"])

    @staticmethod
    def _initial(server: Server | None) -> dict[str, Any]:
        if server is None:
            return {"slots": 1, "enabled": True, "header_name": "Authorization"}
        return {
            "name": server.name,
            "url": server.url,
            "slots": server.slots,
            "enabled": server.enabled,
            "header_name": header_of(server) or "Authorization",
            "ca": server.ca,
        }


# What the form may change of a server that is there: a check may write the rest meanwhile.
CHANGED = {
    "ca",
    "enabled",
    "error",
    "failures",
    "from_environment",
    "name",
    "rests_until",
    "sealed_headers",
    "slots",
    "url",
    "version",
}


def header_of(server: Server) -> str | None:
    """The name of the header that it is sent, "" for none; None if it can't be read any more."""
    try:
        return next(iter(secrets.unseal(server.sealed_headers)), "")
    except secrets.Unreadable:
        return None


def _header(name: str, value: str) -> dict[str, str]:
    # A token alone is what people are given; the scheme belongs to the header.
    is_bare = name.lower() == "authorization" and " " not in value
    return {name: f"Bearer {value}" if is_bare else value}


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0][:100]
