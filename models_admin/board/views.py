"""The board with every model on every server, and the page of each model."""

from itertools import chain
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in
from models_admin.board import details, rows
from models_admin.board.details import Found
from models_admin.board.rows import Row
from models_admin.board.searching import SORT_WORDS, SORTS, STATES, Search

# So that a page with all figures stays below 80 kB.
ROWS = 40


@require_safe
@signed_in
def board(request: PersonRequest) -> HttpResponse:
    """Managers see all models, members those that they may use. For htmx only the table."""
    everything = rows.of(request.user)
    search = Search.read(request.GET)
    found = search.of(everything)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "page": page,
        "count": len(found),
        "size": sum(row.size * len(row.copies) for row in found),
        "is_empty": not everything,
        "now": timezone.now(),
        "may_change": request.user.manages_models,
        **_choices(everything),
        "sorts": {name: _sort(search, name) for name in SORTS},
    }
    template = "models_admin/_board.html" if request.htmx else "models_admin/board.html"
    return render(request, template, context)


@require_safe
@signed_in
def model(request: PersonRequest, name: str) -> HttpResponse:
    """All that is known of a model. What no server has said yet is asked for, never waited for.

    For htmx what it says of itself, or with `?places` on which servers it is.
    """
    found = _found(request, name)
    if found.details is None and (not found.failure or "again" in request.GET):
        details.ask(found.row)
    context = {
        "found": found,
        "row": found.row,
        "details": found.details,
        "now": timezone.now(),
        "may_change": request.user.manages_models,
        "is_asked": not found.failure or "again" in request.GET,
    }
    part = f"models_admin/{'_places' if 'places' in request.GET else '_details'}.html"
    return render(request, part if request.htmx else "models_admin/model.html", context)


@require_safe
@signed_in
def modelfile(request: PersonRequest, name: str) -> HttpResponse:
    """The Modelfile as a file."""
    found = _found(request, name)
    if found.details is None:
        raise Http404
    file_name = f"{name.rpartition('/')[2].replace(':', '-')}.Modelfile"
    disposition = content_disposition_header(as_attachment=True, filename=file_name)
    return HttpResponse(
        found.details.modelfile,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": disposition or "attachment"},
    )


@require_safe
@signed_in
def tensors(request: PersonRequest, name: str) -> HttpResponse:
    """The list of the tensors, which may be long: a page, and for htmx the part that unfolds."""
    found = _found(request, name)
    if found.details is None:
        raise Http404
    context = {"row": found.row, "tensors": found.details.tensors}
    part = "models_admin/_tensors.html"
    return render(request, part if request.htmx else "models_admin/tensors.html", context)


def _found(request: PersonRequest, name: str) -> Found:
    found = details.find(request.user, name, request.GET.get("digest", ""))
    if found is None:
        raise Http404
    return found


def _choices(everything: list[Row]) -> dict[str, Any]:
    """What the fields of the search offer."""
    servers = {str(copy.server_id): copy.server for row in everything for copy in row.copies}
    return {
        "states": STATES,
        "sort_words": SORT_WORDS,
        "abilities": sorted(set(chain.from_iterable(row.capabilities for row in everything))),
        "servers": dict(sorted(servers.items(), key=lambda each: each[1].lower())),
    }


def _sort(search: Search, name: str) -> dict[str, str]:
    """A column's link, and how it is sorted now in the words of ARIA."""
    _, largest_first = SORTS[name]
    direction = ""
    if search.sort.removeprefix("-") == name:
        turned = largest_first != search.sort.startswith("-")
        direction = "descending" if turned else "ascending"
    return {"url": search.by(name).query(), "direction": direction}
