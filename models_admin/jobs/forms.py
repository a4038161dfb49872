"""What a manager says to begin a pull."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inference.models import Server
from models_admin import names


class PullForm(forms.Form):
    """A name, and the server to pull it to."""

    name = forms.CharField(
        label=_("Model name"),
        max_length=700,
        strip=True,
        error_messages={"required": _("Give the model a name.")},
        widget=forms.TextInput(
            attrs={"class": "input", "autocapitalize": "off", "autocorrect": "off",
                   "spellcheck": "false", "placeholder": "llama3.2:3b"}
        ),
    )  # fmt: skip
    server = forms.ModelChoiceField(
        Server.objects.none(),
        label=_("Server"),
        empty_label=None,
        widget=forms.Select({"class": "input"}),
        error_messages={
            "required": _("No server is in use."),
            "invalid_choice": _("This server is not in use any more. Choose another one."),
        },
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        servers = Server.objects.filter(enabled=True).order_by("name")
        field: Any = self.fields["server"]
        field.queryset = servers
        self.servers = list(servers)
        self.several = len(self.servers) > 1
        if not self.several:
            field.widget = forms.HiddenInput()
            field.initial = self.servers[0] if self.servers else None

    def clean_name(self) -> str:
        """Checked before a server hears of it; errors stand at the field."""
        typed: str = self.cleaned_data["name"]
        names.checked(typed)
        return typed
