"""Folders: making, naming and deleting them, and where they stand."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import PersonRequest, signed_in
from chat.models import Folder, FolderRefused
from chat.models.folder import FolderQuerySet
from chat.organising.forms import FolderForm, PlaceForm
from chat.pages import INVALID, toast_part


@require_http_methods(["GET", "POST"])
@signed_in
def collection(request: PersonRequest) -> HttpResponse:
    """GET: the form for a new one, a dialog or a page; `?parent=` puts it there. POST: makes it."""
    if request.method == "GET":
        return _form(request, FolderForm(request.GET, person=request.user))
    form = FolderForm(request.POST, person=request.user)
    if not form.is_valid():
        return _form(request, form, error=form.error)
    asked = form.cleaned_data
    try:
        folder = Folder.objects.with_name(request.user, asked["name"], asked["parent"])
    except FolderRefused as refused:
        return _form(request, form, error=str(refused))
    return _go(request, folder.get_absolute_url())


@require_http_methods(["GET", "POST"])
@signed_in
def details(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: a folder's name and place as a form. POST: changes them."""
    folder = _mine(request, pk)
    if request.method == "GET":
        here = {"name": folder.name, "parent": folder.parent_id}
        return _form(request, FolderForm(here, person=request.user), folder)
    form = FolderForm(request.POST, person=request.user)
    if not form.is_valid():
        return _form(request, form, folder, form.error)
    try:
        folder.change(form.cleaned_data["name"], form.cleaned_data["parent"])
    except FolderRefused as refused:
        return _form(request, form, folder, str(refused))
    return _go(request, folder.get_absolute_url())


@require_POST
@signed_in
def place(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Puts a folder that was dragged into another one, or into none."""
    folder = _mine(request, pk)
    form = PlaceForm(request.POST, person=request.user)
    if not form.is_valid():
        return toast_part(request, form.error, INVALID)
    try:
        folder.change(folder.name, form.cleaned_data["folder"])
    except FolderRefused as refused:
        return toast_part(request, str(refused), INVALID)
    return HttpResponse(status=204) if request.htmx else redirect(folder)


@require_POST
@signed_in
def removal(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Deletes a folder; what was in it stays, one level up, on a page that offers to undo that."""
    folder = _mine(request, pk)
    above = folder.parent
    folder.remove()
    there = above.get_absolute_url() if above else reverse("chat:listed")
    return redirect(f"{there}?removed={pk}")


def _mine(request: PersonRequest, pk: UUID) -> Folder:
    return get_object_or_404(Folder.objects.of(request.user).select_related("parent"), pk=pk)


def _form(
    request: PersonRequest, form: FolderForm, folder: Folder | None = None, error: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "folder": folder,
        "parents": _parents(request, folder),
        "error": error,
    }
    template = "chat/_folder_dialog.html" if request.htmx else "chat/folder_form.html"
    return render(request, template, context, status=INVALID if error else 200)


def _parents(request: PersonRequest, folder: Folder | None) -> FolderQuerySet:
    """Those that it can stand in; none where it has some in it."""
    others = Folder.objects.of(request.user).filter(parent=None)
    if folder is None:
        return others
    return others.none() if folder.children.exists() else others.exclude(pk=folder.pk)


def _go(request: PersonRequest, there: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": there}) if request.htmx else redirect(there)
