"""The fields of the form that makes a model, but for the parameters."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Group
from models_admin import names
from models_admin.creating.fields import TextField

LONGEST_TEXT = 100_000  # characters of a system prompt, a template, a licence
EVERYBODY, GROUPS = "everybody", "groups"


def _area(rows: int, **attributes: str) -> forms.Textarea:
    return forms.Textarea({"class": "input", "rows": rows, "dir": "auto", **attributes})


class DeclaredForm(forms.Form):
    """What is there for every source."""

    name = TextField(
        label=gettext_lazy("Model name"),
        help_text=gettext_lazy("Letters, digits, “-”, “_” and “.”; after a colon, a version."),
        error_messages={"required": gettext_lazy("Give the model a name.")},
        widget=forms.TextInput({"class": "input", "spellcheck": "false"}),
    )
    replace = forms.BooleanField(label=gettext_lazy("Replace it"), required=False)
    replaces = forms.CharField(required=False, widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label=gettext_lazy("From"),
        error_messages={
            "required": gettext_lazy("Choose the model that it is made from."),
            "invalid_choice": gettext_lazy(
                "The model %(value)s is not here any more. Choose another one, or pull it again."
            ),
        },
    )
    server = forms.ChoiceField(label=gettext_lazy("Server"), required=False)
    system = TextField(
        label=gettext_lazy("System prompt"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=_area(7),
    )
    template = TextField(
        label=gettext_lazy("Template"),
        help_text=gettext_lazy(
            "How messages become the text that the model reads, in Go's template language. Empty: "
            "the source's own. It is not part of the trial."
        ),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=_area(6, dir="ltr", spellcheck="false"),
    )
    license = TextField(
        label=gettext_lazy("Licence"),
        help_text=gettext_lazy("Added to what the source has."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=_area(3),
    )
    quantize = forms.ChoiceField(
        label=gettext_lazy("Quantise"),
        help_text=gettext_lazy("Smaller and quicker, and a little less exact."),
        choices=[
            ("", gettext_lazy("Leave it as it is")),
            ("q8_0", "Q8_0"),
            ("q4_K_M", "Q4_K_M"),
            ("q4_K_S", "Q4_K_S"),
        ],
        required=False,
        widget=forms.Select({"class": "input"}),
    )
    rendered_by = TextField(
        label=gettext_lazy("Renderer"),
        help_text=gettext_lazy("One that is built into Ollama, in place of the template."),
        required=False,
        max_length=100,
        widget=forms.TextInput({"class": "input"}),
    )
    parsed_by = TextField(
        label=gettext_lazy("Parser"),
        help_text=gettext_lazy("One that is built into Ollama, for what the model writes."),
        required=False,
        max_length=100,
        widget=forms.TextInput({"class": "input"}),
    )
    requires = TextField(
        label=gettext_lazy("Needs Ollama"),
        help_text=gettext_lazy("The oldest version that can run it, such as 0.14.0."),
        required=False,
        validators=[
            RegexValidator(
                re.compile(r"\d+(\.\d+){0,2}([-+][0-9A-Za-z.+-]+)?\Z"),
                gettext_lazy("A version of Ollama is needed here, such as 0.14.0."),
            )
        ],
        widget=forms.TextInput({"class": "input"}),
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Who may use it"),
        choices=[(EVERYBODY, gettext_lazy("Everybody")), (GROUPS, gettext_lazy("Only groups"))],
        initial=EVERYBODY,
        required=False,
        widget=forms.RadioSelect,
    )
    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Groups"),
        queryset=Group.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_name(self) -> str:
        """As Ollama shows it, with its tag."""
        name = str(names.checked_for_here(self.cleaned_data["name"]))
        if len(name) > 350:
            raise ValidationError(_("This name is too long."))
        return name

    def clean_system(self) -> str:
        return str(self.cleaned_data["system"]).strip()
