"""What the servers do now, for everybody who is signed in."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import PersonRequest, signed_in
from inference.models import Model, Run
from models_admin.access import administrator_required, manager_required
from models_admin.activity import shown, snapshot, speeds
from models_admin.activity.measuring import measure
from models_admin.activity.shown import Audience


@require_safe
@signed_in
def activity(request: PersonRequest) -> HttpResponse:
    """The page; to htmx only the part that changes."""
    person, language = request.user, get_language() or ""
    groups = shown.groups_of([person.pk]).get(person.pk, frozenset())
    audience = Audience.of(person, groups, language)
    now = timezone.now()
    state = snapshot.read(now, speeds.read(now))
    html = shown.filled_in(shown.rendered(state, audience), person, language)
    if request.htmx:
        return HttpResponse(html)
    context = {
        "activity": html,
        "models": _measurable() if person.manages_models else [],
        "administers": person.administers,
    }
    return render(request, "models_admin/activity/activity.html", context)


@require_POST
@administrator_required
def cancellation(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Stops anybody's run: at once while it waits, else within a second. It keeps what it has."""
    run = get_object_or_404(Run, pk=pk)
    if run.request_stop():
        audit.record("run_stopped", request.user, run.person, model=run.model_name)
    return HttpResponse(status=204) if request.htmx else redirect("models_admin:activity")


@require_POST
@manager_required
def measurements(request: PersonRequest) -> HttpResponse:
    """Asks a model five short questions in the background and keeps how quick it was."""
    name = request.POST.get("model", "")
    if name in _measurable():
        measure(request.user, name)
    return HttpResponse(status=204) if request.htmx else redirect("models_admin:activity")


def _measurable() -> list[str]:
    """The names that can be measured; a manager may measure models that they may not use."""
    names = Model.objects.runnable().for_chat().values_list("name", flat=True)
    return sorted(set(names.order_by()))
