"""The form "Settings of this chat": each field empty for the model's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from chat.forms import CleanTextField
from chat.settings import schemas
from chat.settings.options import OPTIONS, Option
from inference.models import ModelChoice
from inference.parameter_words import WORDS, written

LONGEST_SYSTEM = 20_000  # characters
MOST_STOP_WORDS = 16
LONGEST_STOP_WORD = 100


def _number(option: Option, person: Person, model: ModelChoice | None) -> forms.Field:
    most = option.most_for(person, model)
    kind: Any = forms.IntegerField if option.is_whole else forms.FloatField
    sentence = (
        gettext_lazy("Write a whole number from %(least)s to %(most)s.")
        if option.is_whole
        else gettext_lazy("Write a number from %(least)s to %(most)s.")
    )
    error = sentence % {"least": written(option.least), "most": written(most)}
    field: forms.Field = kind(
        label=option.label,
        help_text=f"{option.help} {option.own(model)}".strip(),
        required=False,
        localize=True,
        min_value=option.least,
        max_value=most,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), error),
        widget=forms.TextInput({"inputmode": "numeric" if option.is_whole else "decimal"}),
    )
    return field


class SettingsForm(forms.Form):
    """Checks what was typed and gives what is to be stored."""

    system = CleanTextField(
        label=gettext_lazy("System prompt"),
        required=False,
        max_length=LONGEST_SYSTEM,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format of the answers"),
        choices=[
            ("", gettext_lazy("Text")),
            ("json", gettext_lazy("JSON")),
            ("schema", gettext_lazy("JSON by a schema")),
        ],
        required=False,
        widget=forms.Select({"class": "button"}),
    )
    schema = CleanTextField(
        label=gettext_lazy("Schema"),
        help_text=gettext_lazy("A JSON Schema; counts only for “JSON by a schema”."),
        required=False,
        widget=forms.Textarea({"rows": 4, "dir": "ltr", "spellcheck": "false"}),
    )
    stop = CleanTextField(
        label=WORDS["stop"].label,
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 2, "dir": "auto", "spellcheck": "false"}),
    )
    for_new_chats = forms.BooleanField(
        label=gettext_lazy("Use for my new chats too"), required=False
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        person: Person,
        model: ModelChoice | None,
        own_system: str = "",
        stored: dict[str, Any],
    ) -> None:
        """`stored` is what is set now; `model` the one whose own values are shown."""
        super().__init__(data, initial=_initial(stored), label_suffix="")
        self.model_name = model.name if model else ""
        self._stored = stored
        self._own_system = own_system
        for option in OPTIONS:
            self.fields[option.name] = _number(option, person, model)
        self.fields["system"].help_text = _own_text(own_system)
        self.fields["stop"].help_text = _stop_words_help(model)
        for name, field in self.fields.items():
            field.widget.attrs["autocomplete"] = "off"
            if name not in ("format", "for_new_chats"):
                field.widget.attrs["class"] = "input"

    def focus(self) -> None:
        """Puts the cursor where something is to be mended first, as the page shows them."""
        shown = ("system", *(option.name for option in OPTIONS), "stop", "format", "schema")
        for name in [name for name in shown if name in self.errors][:1]:
            self.fields[name].widget.attrs["autofocus"] = True

    @property
    def numbers(self) -> list[forms.BoundField]:
        """The fields of the options, in their order."""
        return [self[option.name] for option in OPTIONS]

    def clean_system(self) -> str:
        """The model's own text is sent by Ollama anyway."""
        said: str = self.cleaned_data["system"]
        return "" if said == self._own_system else said

    def clean_stop(self) -> list[str]:
        """A word a line; a backslash and n are a line break in it."""
        lines: list[str] = self.cleaned_data["stop"].split("\n")
        words = list(dict.fromkeys(line.replace("\\n", "\n") for line in lines if line))
        if len(words) > MOST_STOP_WORDS or any(len(word) > LONGEST_STOP_WORD for word in words):
            raise ValidationError(
                _("At most %(words)s stop words of %(letters)s characters.")
                % {"words": MOST_STOP_WORDS, "letters": LONGEST_STOP_WORD}
            )
        return words

    def clean(self) -> None:
        """Checks the schema where one is wanted."""
        if self.cleaned_data.get("format") != "schema":
            return
        try:
            if not self.cleaned_data.get("schema"):
                raise ValidationError(_("Write the schema, or choose another format."))
            self.cleaned_data["schema"] = schemas.check(self.cleaned_data["schema"])
        except ValidationError as error:
            self.add_error("schema", error)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What is to be stored, once the form is valid; what it does not show stays."""
        given = self.cleaned_data
        options = {
            option.name: given[option.name]
            for option in OPTIONS
            if given.get(option.name) is not None
        }
        if given["stop"]:
            options["stop"] = given["stop"]
        wanted = {
            "system": given["system"],
            "options": options,
            "format": given["schema"] if given["format"] == "schema" else given["format"],
            "think": self._stored.get("think"),
        }
        return {name: value for name, value in wanted.items() if value not in ("", {}, None)}


def _initial(stored: dict[str, Any]) -> dict[str, Any]:
    options = dict(stored.get("options") or {})
    wanted = stored.get("format", "")
    is_schema = wanted not in ("", "json")
    words = [word.replace("\n", "\\n") for word in options.pop("stop", [])]
    return {
        **options,
        "system": stored.get("system", ""),
        "stop": "\n".join(words),
        "format": "schema" if is_schema else wanted,
        "schema": schemas.indented(wanted) if is_schema else "",
    }


def _own_text(own_system: str) -> str:
    if not own_system:
        return _("Said to the model before the conversation. This one has none of its own.")
    begin = own_system if len(own_system) <= 200 else f"{own_system[:200]} …"
    return _("Takes the place of the model's own: %(text)s") % {"text": begin}


def _stop_words_help(model: ModelChoice | None) -> str:
    said = str(WORDS["stop"].meaning)
    own = (model.parameters.get("stop") if model else None) or []
    if not own:
        return said
    listed = ", ".join(word.replace("\n", "\\n") for word in own[:MOST_STOP_WORDS])
    stay = _("The model's own stay: %(words)s") % {"words": listed}
    return f"{said} {stay}"
