"""What people send to keep their conversations in order."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from chat.forms import CleanTextField, first_error
from chat.models import Folder, Tag
from chat.models.folder import LONGEST_NAME
from chat.models.tag import LONGEST_TAG, MOST_TAGS

# Those of a form that names many conversations.
MOST_CHOSEN = 500


class FolderForm(forms.Form):
    """A folder's name and the one that it stands in."""

    name = CleanTextField(
        max_length=LONGEST_NAME,
        error_messages={
            "required": gettext_lazy("Write a name first."),
            "max_length": gettext_lazy("A name has at most 60 characters."),
        },
    )
    parent = forms.ModelChoiceField(Folder.objects.none(), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["parent"], person)

    def clean_name(self) -> str:
        """It stands on one line."""
        return " ".join(self.cleaned_data["name"].split())

    @property
    def error(self) -> str:
        return first_error(self)


class PlaceForm(forms.Form):
    """Where conversations are to stand: in a folder, in a new one, or in none."""

    folder = forms.ModelChoiceField(
        Folder.objects.none(),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("This folder is no longer there.")},
    )
    new = CleanTextField(
        max_length=LONGEST_NAME,
        required=False,
        error_messages={"max_length": gettext_lazy("A name has at most 60 characters.")},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["folder"], person)
        self._person = person

    def target(self) -> Folder | None:
        """The folder, made if it is a new one. Raises FolderRefused."""
        name = " ".join(self.cleaned_data["new"].split())
        if name:
            return Folder.objects.with_name(self._person, name)
        folder: Folder | None = self.cleaned_data["folder"]
        return folder

    @property
    def error(self) -> str:
        return first_error(self)


class TagsForm(forms.Form):
    """Tags that are ticked, and others with commas between them."""

    tag = forms.ModelMultipleChoiceField(Tag.objects.none(), required=False)
    names = CleanTextField(required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticked = self.fields["tag"]
        assert isinstance(ticked, forms.ModelMultipleChoiceField)  # noqa: S101
        ticked.queryset = Tag.objects.of(person)

    def clean_names(self) -> list[str]:
        """Each on one line, without a "#" before it."""
        parts = (part.strip().lstrip("#") for part in self.cleaned_data["names"].split(","))
        names = [name for part in parts if (name := " ".join(part.split()))]
        if any(len(name) > LONGEST_TAG for name in names):
            raise forms.ValidationError(_("A tag has at most 40 characters."))
        return names

    def clean(self) -> dict[str, Any]:
        """Adds `all`: each tag once, in the case in which it was first written."""
        asked = super().clean() or self.cleaned_data
        ticked = [tag.name for tag in asked.get("tag", ())]
        by_name = {name.casefold(): name for name in reversed([*ticked, *asked.get("names", ())])}
        if len(by_name) > MOST_TAGS:
            raise forms.ValidationError(_("A conversation has at most 20 tags."))
        return {**asked, "all": sorted(by_name.values(), key=str.casefold)}

    @property
    def error(self) -> str:
        return first_error(self)


def ids_in(values: list[str]) -> list[UUID]:
    """The ids among what a form names; what is none is left out."""
    found = []
    for value in values[:MOST_CHOSEN]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _offer(field: forms.Field, person: Person) -> None:
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    field.queryset = Folder.objects.of(person)
