"""The settings of a conversation, and those that a person's new ones begin with."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import PersonRequest, signed_in
from chat.models import Conversation, Defaults
from chat.pages import INVALID, Composer
from chat.settings import SettingsForm
from chat.views.conversations import still_there, visible
from inference.models import Model


@require_http_methods(["GET", "POST"])
@signed_in
@still_there
def of_conversation(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: a dialog, or a page without JavaScript. POST: what holds from the next question on."""
    found = visible(request.user, pk)
    if request.method == "GET":
        return _show(request, _form(request, found.settings, found), found)
    if "reset" in request.POST:
        found.set({})
        return _back(request, found.get_absolute_url())
    form = _form(request, found.settings, found)
    if not form.is_valid():
        return _show(request, form, found)
    found.set(form.settings)
    if form.cleaned_data["for_new_chats"]:
        Defaults.set(request.user, found.settings)
    return _back(request, found.get_absolute_url())


@require_http_methods(["GET", "POST"])
@signed_in
def of_new_ones(request: PersonRequest) -> HttpResponse:
    """The same for the conversations that the person will begin."""
    if request.method == "GET":
        return _show(request, _form(request, Defaults.of(request.user)))
    if "reset" in request.POST:
        Defaults.set(request.user, {})
        return _back(request, reverse("chat:home"))
    form = _form(request, Defaults.of(request.user))
    if not form.is_valid():
        return _show(request, form)
    Defaults.set(request.user, form.settings)
    return _back(request, reverse("chat:home"))


def _form(
    request: PersonRequest, stored: dict[str, Any], found: Conversation | None = None
) -> SettingsForm:
    model = Composer(request.user, found).model
    data = request.POST if request.method == "POST" else None
    own = Model.objects.usable_by(request.user).filter(name=model.name) if model else None
    return SettingsForm(
        data,
        person=request.user,
        model=model,
        own_system=own.values_list("system", flat=True).first() or "" if own is not None else "",
        stored=stored,
    )


def _show(
    request: PersonRequest, form: SettingsForm, found: Conversation | None = None
) -> HttpResponse:
    if not request.htmx:
        template = "chat/settings.html"
    elif request.method == "GET":
        template = "chat/_settings_dialog.html"
    else:
        template = "chat/_settings.html"
    form.focus()
    context = {"form": form, "conversation": found}
    return render(request, template, context, status=INVALID if form.errors else 200)


def _back(request: PersonRequest, there: str) -> HttpResponse:
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)
