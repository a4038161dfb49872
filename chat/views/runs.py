"""Runs, as far as the person who waits for one can act on it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, signed_in
from chat.models import Message
from chat.views.conversations import visible
from inference.models import Run


@require_POST
@signed_in
def cancellation(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Stops an answer or a summary, or takes it out of the line.

    What ended by itself is left as it is.
    """
    mine = Message.objects.visible_to(request.user)
    # Two questions: with OR between them no index would serve.
    message = mine.filter(run=pk).first() or get_object_or_404(mine, summary__run=pk)
    get_object_or_404(Run, pk=pk).request_stop()
    return HttpResponse(status=204) if request.htmx else redirect(message)


@require_POST
@signed_in
def cancellations(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Stops all answers of a conversation that stand side by side, or wait for it."""
    found = visible(request.user, pk)
    found.stop_answers()
    return HttpResponse(status=204) if request.htmx else redirect(found)
