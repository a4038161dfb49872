"""A person's saved prompts: their pages, and what "/" in the composer offers."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest, signed_in
from chat.forms import PromptForm
from chat.models import PromptRefused, SavedPrompt
from chat.pages import INVALID, Composer, conversation_page
from chat.text import LONGEST_MESSAGE_BYTES, clean


@require_GET
@signed_in
def collection(request: PersonRequest) -> HttpResponse:
    """The list."""
    context = {"prompts": SavedPrompt.objects.of(request.user)}
    return render(request, "chat/prompts/list.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: PersonRequest) -> HttpResponse:
    """GET: an empty form. POST: saves a new prompt."""
    if request.method == "GET":
        return _form(request, PromptForm())
    form = PromptForm(request.POST)
    if form.is_valid():
        try:
            SavedPrompt.objects.make(request.user, **form.cleaned_data)
            return redirect("chat:prompts")
        except PromptRefused as refused:
            form.add_error("name", str(refused))
    return _form(request, form, status=INVALID)


@require_http_methods(["GET", "POST"])
@signed_in
def prompt(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: a prompt as a form. POST: changes it."""
    found = _mine(request, pk)
    here = {"name": found.name, "text": found.text}
    if request.method == "GET":
        return _form(request, PromptForm(initial=here), found)
    form = PromptForm(request.POST, initial=here)
    if form.is_valid():
        try:
            found.change(**form.cleaned_data)
            return redirect("chat:prompts")
        except PromptRefused as refused:
            form.add_error("name", str(refused))
    return _form(request, form, found, INVALID)


@require_POST
@signed_in
def removal(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Deletes a prompt. What was asked with it stays asked."""
    _mine(request, pk).delete()
    return redirect("chat:prompts")


@require_GET
@signed_in
def offered(request: PersonRequest) -> HttpResponse:
    """The options of the list that "/" opens in the composer."""
    context = {"prompts": SavedPrompt.objects.of(request.user)}
    return render(request, "chat/prompts/_options.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def filling(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: asks for the variables of a prompt, in a dialog or on a page. POST: fills them in.

    The text comes as it is for the composer's script, which may also ask for it right away where
    there are no variables; others get a fresh page with it in the composer.
    """
    found = _mine(request, pk)
    values = [clean(value) for value in request.POST.getlist("value")]
    error = ""
    if request.method == "POST":
        by_name = dict(zip(found.variables, values, strict=False))
        if found.size_filled(by_name) <= LONGEST_MESSAGE_BYTES:
            return _filled(request, found.filled(by_name))
        error = _("Filled in, the text has more than 1 MB. Shorten what you entered.")
    context: dict[str, Any] = {
        "prompt": found,
        "fields": [
            (name, values[at] if at < len(values) else "")
            for at, name in enumerate(found.variables)
        ],
        "error": error,
    }
    template = "chat/prompts/_dialog.html" if request.htmx else "chat/prompts/filling.html"
    return render(request, template, context, status=INVALID if error else 200)


def _filled(request: PersonRequest, text: str) -> HttpResponse:
    if request.htmx:
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    return conversation_page(request, Composer(request.user, text=text))


def _mine(request: PersonRequest, pk: UUID) -> SavedPrompt:
    return get_object_or_404(SavedPrompt.objects.of(request.user), pk=pk)


def _form(
    request: PersonRequest, form: PromptForm, found: SavedPrompt | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "prompt": found}
    return render(request, "chat/prompts/form.html", context, status=status)
