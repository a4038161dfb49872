"""Pages for those who manage models and servers."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import Person
from inference.servers import adopt
from inference.status import practice_notice


@login_required
@require_POST
def adoption(request: HttpRequest) -> HttpResponse:
    """Uses the real Ollama that the notice about the practice server offers.

    The address comes from what a worker found, never from the request. Where nothing is offered
    any more, because another manager was quicker or it is gone again, nothing changes.
    """
    if not isinstance(request.user, Person) or not request.user.manages_models:
        raise PermissionDenied
    notice = practice_notice()
    if notice and notice.offer:
        adopt(notice.offer)
    return redirect("chat:home")
