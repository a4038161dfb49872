"""What a person sends: a message, a model's name, a key."""

import uuid
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chat import text
from chat.models.rating import REASON_LENGTH, Rating
from chat.models.saved_prompt import LONGEST_NAME, LONGEST_TEXT
from inference.models import ModelChoice

# That one question can be asked at once.
MOST_MODELS = 3

if TYPE_CHECKING:
    from chat.attachments.posting import Posted


class CleanTextField(forms.CharField):
    """Text in which nothing is left that a database or a page could stumble over."""

    def to_python(self, value: Any) -> str:
        return text.clean(cast(str, super().to_python(value)))


class MessageForm(forms.Form):
    """The composer: what is asked, of which model, with which files, and a key against doubles."""

    text = CleanTextField(strip=False, required=False, validators=[text.check_length])
    key = forms.UUIDField(required=False)
    model = forms.CharField(required=False, max_length=350)

    def __init__(
        self,
        *args: Any,
        models: list[ModelChoice],
        default_model: str | None,
        posted: "Posted",
        **kwargs: Any,
    ) -> None:
        """`models` are those that the person may choose; `default_model` is asked if none is."""
        super().__init__(*args, **kwargs)
        self._models = models
        self._default = default_model
        self._posted = posted

    def clean_text(self) -> str:
        """Blank lines around a message carry nothing; one of only these is none without a file."""
        said = cast(str, self.cleaned_data["text"]).strip("\n")
        if text.says_something(said):
            return said
        if not self._posted.attachments and not self._posted.trouble:
            raise forms.ValidationError(_("Write a message first."))
        return ""

    def clean_key(self) -> uuid.UUID:
        """A form without a key is sent once."""
        return self.cleaned_data["key"] or uuid.uuid4()

    def clean_model(self) -> str:
        return chosen(self._models, self.cleaned_data["model"] or self._default)

    def clean(self) -> dict[str, Any]:
        """Adds the models that are asked `also`, and `attachments` if each can take them."""
        asked = super().clean() or self.cleaned_data
        named = asked.get("model", "")
        also = [name for name in dict.fromkeys(self._also()) if name != named]
        if len(also) >= MOST_MODELS:
            raise forms.ValidationError(_("At most three models can be asked at once."))
        also = [chosen(self._models, name) for name in also]
        for name in (named, *also):
            if refusal := self._posted.refusal(name, self._models):
                raise forms.ValidationError(refusal)
        return {**asked, "also": also, "attachments": self._posted.attachments}

    def _also(self) -> list[str]:
        return cast(QueryDict, self.data).getlist("also")

    @property
    def error(self) -> str:
        return first_error(self)


class RatingForm(forms.Form):
    """What a reader thinks of an answer, and a word why; no rating takes it back."""

    rating = forms.ChoiceField(choices=Rating.choices, required=False)
    reason = CleanTextField(required=False, max_length=REASON_LENGTH)


class SummaryForm(forms.Form):
    """The words that are sent in place of what a model no longer sees."""

    text = CleanTextField(
        max_length=20_000, error_messages={"required": _("Write what the model is to know.")}
    )

    @property
    def error(self) -> str:
        return first_error(self)


class PromptForm(forms.Form):
    """A saved prompt: its name, on one line, and its text."""

    name = CleanTextField(
        max_length=LONGEST_NAME, error_messages={"required": _("Give the prompt a name.")}
    )
    text = CleanTextField(
        strip=False,
        max_length=LONGEST_TEXT,
        error_messages={"required": _("Write the text of the prompt.")},
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_text(self) -> str:
        """Blank lines around it carry nothing."""
        said = cast(str, self.cleaned_data["text"]).strip("\n")
        if not said.strip():
            raise forms.ValidationError(_("Write the text of the prompt."))
        return said


class TitleForm(forms.Form):
    """A conversation's new title."""

    title = CleanTextField(
        max_length=text.LONGEST_TITLE,
        error_messages={
            "required": _("Write a title first."),
            "max_length": _("A title has at most 200 characters."),
        },
    )

    def clean_title(self) -> str:
        """It stands on one line."""
        return " ".join(self.cleaned_data["title"].split())

    @property
    def error(self) -> str:
        return first_error(self)


def first_error(form: forms.Form) -> str:
    """The first thing to mend, in words."""
    return next((str(messages[0]) for messages in form.errors.values()), "")


def chosen(models: list[ModelChoice], name: str | None) -> str:
    """The name, if it is one of the models. Raises ValidationError that says what to do."""
    if not models:
        raise forms.ValidationError(_("No model is there to answer yet."))
    if name not in {model.name for model in models}:
        raise forms.ValidationError(
            _("The model %(name)s is not here any more. Choose another one.") % {"name": name or ""}
        )
    return name or ""
