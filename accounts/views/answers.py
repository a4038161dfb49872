"""How the pages of the entrance answer: with the form, at the status that says what is wrong."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.forms import EntranceForm

BUSY_S = 5


def with_form(
    request: HttpRequest, template: str, form: EntranceForm, status: int = 200, **context: Any
) -> HttpResponse:
    """The page with its form; 422 where the form has errors and nothing else is said."""
    if status == 200 and form.errors:
        status = 422
    form.focus()
    return render(request, template, {"form": form, **context}, status=status)


def too_soon(
    request: HttpRequest, template: str, form: EntranceForm, seconds: int, **context: Any
) -> HttpResponse:
    """429: too many attempts failed."""
    form.add_error(
        None,
        ngettext(
            "Too many attempts failed. Try again in %(seconds)d second.",
            "Too many attempts failed. Try again in %(seconds)d seconds.",
            seconds,
        )
        % {"seconds": seconds},
    )
    response = with_form(request, template, form, 429, **context)
    response["Retry-After"] = str(seconds)
    return response


def too_busy(
    request: HttpRequest, template: str, form: EntranceForm, **context: Any
) -> HttpResponse:
    """503: too many passwords are being checked at once."""
    form.add_error(None, _("Many people are signing in right now. Try again in a few seconds."))
    response = with_form(request, template, form, 503, **context)
    response["Retry-After"] = str(BUSY_S)
    return response
