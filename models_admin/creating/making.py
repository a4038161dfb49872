"""From a checked form to a job that makes the model, and to the people who may use it."""

from typing import Any, Protocol

from django.db import transaction

from accounts.models import Person
from inference import model_access
from inference.models import Job, Model, Server
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
    job = start_create(person, form.made_on, name, request, upload.pk if upload else None)
    if CreateRequest.objects.filter(job=job).exists():
        return job
    CreateRequest.objects.create(
        author=person, server=form.made_on, name=name, request=request, job=job
    )
    _let_in(person, form, name)
    return job


def _let_in(person: Person, form: Made, name: str) -> None:
    """Restricts the model to the groups that were chosen, before anybody could see it."""
    groups = list(form.cleaned_data["groups"]) if form.cleaned_data["who"] == GROUPS else []
    there = Model.objects.filter(server=form.made_on, name__iexact=name).first()
    if there is None and groups:
        there = model_access.reserve(form.made_on, name)
    if there is not None and set(there.groups.all()) != set(groups):
        model_access.restrict(person, [there.name], groups)
