"""The board: every model on every server."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in


@require_safe
@signed_in
def board(request: PersonRequest) -> HttpResponse:
    """Managers see all models, members those that they may use."""
    return render(request, "models_admin/board.html")
