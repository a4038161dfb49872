"""Summing up what a model no longer sees, and changing the summary."""

from uuid import UUID

from django.forms import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import PersonRequest, signed_in
from chat import summaries
from chat.forms import SummaryForm, chosen
from chat.models import Conversation, Summary
from chat.pages import INVALID, Composer, refuse
from chat.views.messages import visible_message


@require_POST
@signed_in
def collection(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Has all above this message summed up by the conversation's model."""
    message = visible_message(request.user, pk)
    found = message.conversation
    try:
        chosen(Composer(request.user, found).models, found.model_name)
    except ValidationError as error:
        return refuse(request, found, error.messages[0], INVALID)
    if summaries.ask(message) is None:
        return refuse(request, found, _("Nothing stands above this message."), INVALID)
    return HttpResponse(status=204) if request.htmx else redirect(message)


@require_http_methods(["GET", "POST"])
@signed_in
def summary(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: the summary as a form, in a dialog or on a page. POST: sends these words from now on."""
    mine = Summary.objects.filter(conversation__in=Conversation.objects.visible_to(request.user))
    found = get_object_or_404(mine.select_related("conversation", "up_to"), pk=pk)
    form = SummaryForm(request.POST if request.method == "POST" else {"text": found.text})
    if request.method == "POST" and form.is_valid():
        found.change(form.cleaned_data["text"])
        return HttpResponse() if request.htmx else redirect(found.up_to)
    error = form.error if request.method == "POST" else ""
    context = {
        "summary": found,
        "conversation": found.conversation,
        "text": form.data.get("text", ""),
        "error": error,
    }
    template = "chat/_summary_dialog.html" if request.htmx else "chat/summary.html"
    return render(request, template, context, status=INVALID if error else 200)
