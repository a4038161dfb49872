"""Puts together what the templates of the create page need."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.access import PersonRequest
from models_admin.creating import trials
from models_admin.creating.context import costs
from models_admin.creating.forms import CreateForm
from models_admin.models import CreateRequest, Draft

# Answers to a form: what was typed stands in it again.
INVALID = 422


def context_of(
    form: CreateForm, draft: Draft | None = None, *, question: str = "", error: str = ""
) -> dict[str, Any]:
    """For the form and, with a draft, for what it was asked."""
    if form.is_bound and form.errors:
        form.focus()
    return {
        "form": form,
        "costs": costs(form.origin),
        "draft": draft,
        "answers": trials.shown(draft) if draft and draft.question else [],
        "question": question or (draft.question if draft else ""),
        "question_error": error,
    }


def page(
    request: PersonRequest,
    form: CreateForm,
    draft: Draft | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The whole page."""
    name = form["replaces"].value() or ""
    earlier = CreateRequest.objects.newest(name)
    context = context_of(form, draft, **more) | {"earlier": earlier, "editing": name}
    return render(request, "models_admin/create.html", context, status=status)


def form_part(request: PersonRequest, form: CreateForm, status: int = 200) -> HttpResponse:
    """The form alone."""
    return render(request, "models_admin/_create_form.html", context_of(form), status=status)


def parts(
    request: PersonRequest, *templates: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Pieces that go to places of their own."""
    pieces = [render_to_string(name, context, request).strip() for name in templates]
    return HttpResponse("".join(pieces), status=status)
