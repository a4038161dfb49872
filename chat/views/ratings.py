"""Rating an answer."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest, signed_in
from chat.forms import RatingForm, first_error
from chat.models import Message
from chat.pages import INVALID
from chat.views.messages import visible_answer


@require_http_methods(["GET", "POST"])
@signed_in
def rating(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: the rating with its reason, a dialog or a page. POST: keeps it.

    A POST without "reason" is the first press: it is answered with the dialog that asks why.
    """
    answer = visible_answer(request.user, pk)
    if request.method == "GET":
        return _show(request, answer)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _show(request, answer, first_error(form))
    rated, reason = form.cleaned_data["rating"], form.cleaned_data["reason"]
    asks_why = rated and "reason" not in request.POST
    if asks_why and rated == answer.rating:  # pressed again: the reason stays
        return _show(request, answer)
    answer.rate(rated, reason)
    if asks_why:
        return _show(request, answer)
    return HttpResponse() if request.htmx else redirect(answer)


def _show(request: PersonRequest, answer: Message, error: str = "") -> HttpResponse:
    template = "chat/_rating_dialog.html" if request.htmx else "chat/rating.html"
    typed = request.POST.get("reason", answer.rating_reason)
    context = {
        "answer": answer,
        "conversation": answer.conversation,
        "reason": typed,
        "error": error,
    }
    return render(request, template, context, status=INVALID if error else 200)
