"""The forms of the entrance."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import usernames
from accounts.models import Person

LONGEST_PASSWORD = 1024


class EntranceForm(forms.Form):
    """A form whose fields look as the rest does, and which says to the ear what is wrong."""

    required_css_class = "needed"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def focus(self) -> None:
        """Puts the cursor where something is to be typed: the first wrong or the first empty."""
        empty = [name for name in self.fields if self._shows_nothing(name)]
        wrong = [name for name in self.fields if name in self.errors]
        for name in (wrong or empty)[:1]:
            self.fields[name].widget.attrs["autofocus"] = True

    def _shows_nothing(self, name: str) -> bool:
        hides_it = isinstance(self.fields[name].widget, forms.PasswordInput)
        return hides_it or not self[name].value()


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget)


def _username() -> forms.CharField:
    attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(label=_("Username"), max_length=150, widget=forms.TextInput(attrs))


class SignInForm(EntranceForm):
    username = _username()
    password = _password(_("Password"), "current-password")

    def refuse(self) -> None:
        """The one thing that is said of a name or password that is not right."""
        self.add_error("password", _("Username and password do not match."))


class SetUpForm(EntranceForm):
    username = _username()
    display_name = forms.CharField(
        label=_("Display name"),
        max_length=100,
        required=False,
        help_text=_("What others see. Your username, if you leave it out."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = _password(_("Password"), "new-password")

    def clean_username(self) -> str:
        username = usernames.normalised(self.cleaned_data["username"])
        usernames.validate(username)
        return username

    def clean(self) -> None:
        """Checks the password, which must not be like the names."""
        data = self.cleaned_data
        if password := data.get("password"):
            person = Person(
                username=data.get("username", ""), display_name=data.get("display_name", "")
            )
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)


class PasswordForm(EntranceForm):
    password = _password(_("Current password"), "current-password")
    new_password = _password(_("New password"), "new-password")

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        validate_password(password, self.person)
        return password

    def refuse(self) -> None:
        """Says that the current password is not the right one."""
        self.add_error("password", _("This is not your current password."))
