"""Fields of the form that makes a model."""

import math
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import localize_input, sanitize_separators
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inference.ollama import parameters
from inference.ollama.lines import clean_text
from inference.ollama.parameters import LARGEST, PARAMETERS, BadParameter, Kind
from inference.parameter_words import WORDS, unset, written
from models_admin.creating.sources import Source

# Those that most models are made with; the others are folded away.
FIRST = (
    *("temperature", "num_ctx", "top_k", "top_p", "min_p", "seed", "stop", "num_predict"),
    "repeat_penalty",
)
REST = tuple(name for name in PARAMETERS if name not in FIRST)
MOST_STOP_WORDS = 50


class TextField(forms.CharField):
    """Text with one kind of line end, and nothing that a database could stumble over."""

    def to_python(self, value: Any) -> str:
        text = cast(str, super().to_python(value))
        return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))


class NumberField(forms.CharField):
    """A parameter that is a number or a switch; None where it is left out."""

    def __init__(self, name: str, source: Source | None) -> None:
        self._name = name
        parameter = PARAMETERS[name]
        widget: forms.Widget
        if parameter.kind is Kind.SWITCH:
            yes_or_no = [("", ""), ("true", gettext_lazy("Yes")), ("false", gettext_lazy("No"))]
            widget = forms.Select({"class": "input"}, choices=yes_or_no)
        else:
            widget = forms.TextInput({"class": "input figures", "inputmode": _keyboard(name)})
        self._trained = source.row.context_length if source and name == "num_ctx" else None
        own = source.row.parameters if source else {}
        said = [str(WORDS[name].meaning), _range(name), unset(name, own)]
        super().__init__(
            label=WORDS[name].label,
            help_text=" ".join(part for part in said if part),
            required=False,
            widget=widget,
        )

    def prepare_value(self, value: Any) -> Any:
        """Numbers that nobody typed stand there as the reader writes them."""
        if isinstance(value, str):
            try:
                number = float(value)
            except ValueError:
                return value
            whole = math.isfinite(number) and number == int(number)
            return localize_input(int(number) if whole else number)
        return value

    def clean(self, value: Any) -> Any:
        text = str(sanitize_separators(super().clean(value)))
        if not text:
            return None
        try:
            number = parameters.read(self._name, text)
        except BadParameter as error:
            raise ValidationError(error.sentence.translated(_)) from None
        if self._trained and number > self._trained:
            raise ValidationError(
                _("The model was trained for %(most)s tokens at most.")
                % {"most": written(self._trained)}
            )
        return number


class StopField(TextField):
    """Stop words, one a line."""

    def __init__(self, source: Source | None) -> None:
        words = WORDS["stop"]
        own = (source.row.parameters.get("stop") if source else None) or []
        said = [str(words.meaning), _own_words(own) if own else str(words.unset)]
        super().__init__(
            label=words.label,
            help_text=" ".join(said),
            required=False,
            strip=False,
            widget=forms.Textarea({"class": "input", "rows": 2, "dir": "auto"}),
        )

    def clean(self, value: Any) -> list[str]:
        lines = cast(str, super().clean(value)).split("\n")
        words = list(dict.fromkeys(line.replace("\\n", "\n") for line in lines if line))
        if len(words) > MOST_STOP_WORDS:
            raise ValidationError(
                _("There can be %(most)s stop words at most.") % {"most": MOST_STOP_WORDS}
            )
        return words


def _own_words(words: Any) -> str:
    listed = ", ".join(str(word).replace("\n", "\\n") for word in list(words)[:16])
    return _("Those written here take the place of the model's own: %(words)s") % {"words": listed}


def _keyboard(name: str) -> str:
    """Which keys a phone shows; those for numbers have no minus."""
    parameter = PARAMETERS[name]
    if parameter.least is None or parameter.least < 0:
        return "text"
    return "numeric" if parameter.kind is Kind.INTEGER else "decimal"


def _range(name: str) -> str:
    """What the parameter may be, and what it mostly is, in words."""
    parameter = PARAMETERS[name]
    least, most, usual = parameter.least, parameter.most, parameter.usual
    if parameter.kind is Kind.SWITCH:
        return ""
    if usual and usual != (least, most):
        words = _("Usually from %(least)s to %(most)s.")
        return words % {"least": written(usual[0]), "most": written(usual[1])}
    if least is not None and most is not None and most < LARGEST:
        words = _("From %(least)s to %(most)s.")
        return words % {"least": written(least), "most": written(most)}
    if least is not None and abs(least) < LARGEST:
        return _("%(least)s or more.") % {"least": written(least)}
    return ""
