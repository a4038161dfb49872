"""From a checked form to a job that makes the model, and to the people who may use it."""

from typing import Any, Protocol

from django.db import transaction

from accounts.models import Person
from inference import model_access
from inference.models import Job, Server
from models_admin.creating.declared import GROUPS
from models_admin.jobs.starting import start_create
from models_admin.models import CreateRequest, Upload


class Made(Protocol):
    """A form that is valid: of what is a model to be made, and who may use it?"""

    cleaned_data: dict[str, Any]

    @property
    def made_on(self) -> Server: ...

    @property
    def request(self) -> dict[str, Any]:
        """The body of /api/create, without the name."""


@transaction.atomic
def make(person: Person, form: Made, upload: Upload | None = None) -> Job:
    """Starts the job and keeps the request; sent twice, it is done once.

    The files that the request names are those of `upload`.

    Raises ValidationError where another model of this name is being made at this moment.
    """
    name, request = form.cleaned_data["name"], form.request
    groups = list(form.cleaned_data["groups"]) if form.cleaned_data["who"] == GROUPS else []
    row = form.made_on.models.filter(name__iexact=name).first()
    changes = set(groups) != (set(row.groups.all()) if row else set())
    # What is there stays as it is until it is replaced, as that may fail.
    at_once = changes and bool(groups) and not (row and row.present)
    later = [group.pk for group in groups] if changes and not at_once else None
    job = start_create(person, form.made_on, name, request, upload.pk if upload else None, later)
    if CreateRequest.objects.filter(job=job).exists():
        return job
    CreateRequest.objects.create(
        author=person, server=form.made_on, name=name, request=request, job=job
    )
    if at_once:
        row = row or model_access.reserve(form.made_on, name)
        model_access.restrict(person, [row.name], groups)
    return job
