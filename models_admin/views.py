"""Pages for those who manage models and servers."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, signed_in
from inference.servers import adopt
from inference.status import practice_notice


@require_POST
@signed_in
def adoption(request: PersonRequest) -> HttpResponse:
    """Uses the real Ollama that the notice about the practice server offers.

    The address comes from what a worker found, never from the request. Where nothing is offered
    any more, because another manager was quicker or it is gone again, nothing changes.
    """
    if not request.user.manages_models:
        raise PermissionDenied
    notice = practice_notice()
    if notice and notice.offer:
        adopt(notice.offer)
    return redirect("chat:home")
