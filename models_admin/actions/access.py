"""Who may use the chosen models."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Group, Person
from inference import model_access
from models_admin.board.rows import Row


class AccessForm(forms.Form):
    """Everybody, or some groups; holds for the names on all servers."""

    title = gettext_lazy("Who may use it")
    button = gettext_lazy("Save")
    template = "models_admin/actions/_access.html"
    one_only = False

    who = forms.ChoiceField(
        label=gettext_lazy("Who may use it"),
        choices=[
            ("everyone", gettext_lazy("Everyone")),
            ("groups", gettext_lazy("Only the members of these groups")),
        ],
        widget=forms.RadioSelect,
    )
    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Groups"),
        queryset=Group.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, rows: list[Row]) -> None:
        super().__init__(data, auto_id="action-%s")
        self.rows = rows
        now = {row.groups for row in rows}
        self.differs = len(now) > 1
        names = now.pop() if len(now) == 1 else ()
        self.initial["who"] = "groups" if names else "everyone"
        self.initial["groups"] = Group.objects.filter(name__in=names)

    @property
    def names(self) -> list[str]:
        return sorted({row.name for row in self.rows})

    def clean_groups(self) -> list[Group]:
        if self.cleaned_data.get("who") != "groups":
            return []
        chosen = list(self.cleaned_data["groups"])
        if not chosen:
            raise ValidationError(_("Choose at least one group."))
        return chosen

    def save(self, person: Person) -> None:
        model_access.restrict(person, self.names, self.cleaned_data["groups"])
