"""The pages of servers: managers may look, administrators may change."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import PersonRequest
from inference import catalogue
from inference.models import Model, Run, Server
from inference.wakeups import wake_worker
from models_admin.access import administrator_required, manager_required
from models_admin.servers import certificates, removing, slots
from models_admin.servers.forms import ServerForm, header_of
from models_admin.servers.holes import holes_of, mended_by

INVALID = 422


@require_safe
@manager_required
def collection(request: PersonRequest) -> HttpResponse:
    """All servers, also those that are not in use."""
    running = dict(Run.objects.running().values_list("server").annotate(Count("pk")).order_by())
    models = dict(
        Model.objects.filter(present=True).values_list("server").annotate(Count("pk")).order_by()
    )
    rows = [
        {
            "server": server,
            "models": models.get(server.pk, 0),
            "running": running.get(server.pk, 0),
            "holes": holes_of(server.version),
            "mended_by": mended_by(server.version),
        }
        for server in Server.objects.all()
    ]
    context = {"rows": rows, "now": timezone.now(), "may_change": request.user.administers}
    return render(request, "models_admin/servers/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def addition(request: PersonRequest) -> HttpResponse:
    """Adds a server once it has answered."""
    form = ServerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return redirect("models_admin:server", form.save(request.user).pk)
    status = INVALID if request.method == "POST" else 200
    return render(request, "models_admin/servers/addition.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@manager_required
def detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    """What is known of a server, and for administrators the form that changes it."""
    server = get_object_or_404(Server, pk=pk)
    if request.method != "POST":
        return _page(request, server, ServerForm(server=server))
    if not _may_change(request, server):
        raise PermissionDenied
    form = ServerForm(request.POST, request.FILES, server=server)
    if not form.is_valid():
        # The form has set what was typed on none of the row's fields.
        return _page(request, server, form, INVALID)
    form.save(request.user)
    return redirect("models_admin:server", server.pk)


@require_POST
@administrator_required
def draining(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Sends nothing new to a server (`drain` is "1") or does so again."""
    server = get_object_or_404(Server, pk=pk)
    drain = request.POST.get("drain") == "1"
    if Server.objects.filter(pk=server.pk, draining=not drain).update(draining=drain):
        audit.record("server_drained" if drain else "server_undrained", request.user, server)
        wake_worker()
    if request.htmx:
        return HttpResponse(status=204)
    back = request.POST.get("back") == "activity"
    return redirect("models_admin:activity" if back else "models_admin:servers")


@require_POST
@manager_required
def checks(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Looks at a server now: its models, and whether it answers."""
    server = get_object_or_404(Server, pk=pk)
    if server.enabled:
        catalogue.submit_soon(server.pk)
    return redirect("models_admin:server", server.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def deletion(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET says what it touches, POST removes the server."""
    server = get_object_or_404(Server, pk=pk)
    if not _may_change(request, server):
        raise PermissionDenied
    if request.method == "POST":
        removing.remove(server, request.user)
        return redirect("models_admin:servers")
    context = {"server": server, "touched": removing.touched(server)}
    dialog = "models_admin/servers/_deletion_dialog.html"
    return render(
        request, dialog if request.htmx else "models_admin/servers/deletion.html", context
    )


def _may_change(request: PersonRequest, server: Server) -> bool:
    return request.user.administers and not server.is_set_outside and not server.practice


def _page(
    request: PersonRequest, server: Server, form: ServerForm, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "server": server,
        "form": form if _may_change(request, server) else None,
        "administers": request.user.administers,
        "models": server.models.filter(present=True).count(),
        "running": Run.objects.running().filter(server=server).count(),
        "holes": holes_of(server.version),
        "mended_by": mended_by(server.version),
        "hint": slots.hint(server, now),
        "header": header_of(server),
        "certificates": certificates.described(server.ca),
        "now": now,
    }
    return render(request, "models_admin/servers/server.html", context, status=status)
