"""What somebody looks for, as the page and the dialog send it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.forms import CleanTextField
from chat.search.finding import Filters


class SearchForm(forms.Form):
    """What is looked for, and where."""

    q = CleanTextField(required=False)
    model = CleanTextField(required=False, max_length=350)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and since > until:
            self.add_error("until", _("This is before the first day."))
        return asked

    @property
    def filters(self) -> Filters:
        asked = self.cleaned_data
        return Filters(asked["model"], asked["since"], asked["until"])

    @property
    def is_filtered(self) -> bool:
        """Whether a filter is set, or tried to be."""
        return any(self.data.get(name) for name in ("model", "since", "until"))
