"""Search: a page of its own, the dialog over every page, and the way to what was found."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import PersonRequest, signed_in
from chat import places
from chat.pages import INVALID, parts
from chat.search import Found, find, parse
from chat.search.finding import MESSAGES, MESSAGES_IN_DIALOG
from chat.search.form import SearchForm
from chat.views.messages import visible_message
from inference.models import Model


@require_GET
@signed_in
def search(request: PersonRequest) -> HttpResponse:
    """`?q=` with the filters of SearchForm; `before=` is the next page.

    htmx gets the list of the dialog. What cannot be meant is said beside its field.
    """
    form = SearchForm(request.GET, person=request.user)
    is_valid = form.is_valid()
    query = parse(form.cleaned_data.get("q", ""))
    before = form.cleaned_data.get("before")
    most = MESSAGES_IN_DIALOG if request.htmx else MESSAGES
    found = find(request.user, query, form.filters, before, most) if is_valid else Found()
    context = {"form": form, "query": query, "found": found, "everything": _address(request)}
    if request.htmx:
        return parts(request, "chat/_palette_found.html", **context)
    if found.more:
        context["next"] = _address(request, before=found.more)
    context["models"] = [choice.name for choice in Model.objects.choices(request.user)]
    return render(request, "chat/search.html", context, status=200 if is_valid else INVALID)


@require_GET
@signed_in
def place(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A message where it stands: in its conversation, or on a page of its own if that is far away.

    A message of a version that is not chosen is shown without choosing it.
    """
    found = visible_message(request.user, pk)
    start = places.start_near_end(found)
    if start is not None:
        there = found.conversation.get_absolute_url()
        return redirect(f"{there}?at={start}#message-{found.pk}")
    context = {"place": places.around(found), "conversation": found.conversation}
    return render(request, "chat/place.html", context)


def _address(request: PersonRequest, **more: int) -> str:
    """Of this search, without the page that it was on."""
    asked = {name: value for name, value in request.GET.items() if value and name != "before"}
    return f"{request.path}?{urlencode({**asked, **more})}"
