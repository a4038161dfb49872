"""Starts jobs on models. Each gives the job, or the open one where the same is asked for already.

All raise ValidationError, in the words of the one who asks, for a name that cannot be.
"""

import re
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from inference.models import Job, Server
from inference.ollama.names import DEFAULT_NAMESPACE, ModelName
from models_admin import names
from models_admin.jobs import kinds
from models_admin.jobs.requests import create_request

Running = Literal["wait", "stop"]
# Characters that the names of one job may have together.
LONGEST_SUBJECT = 400
KEPT = timedelta(days=90)


def start_pull(person: Person, server: Server, name: str) -> Job:
    """Fetches a model from its registry, or goes on where an earlier pull was broken off."""
    return _submit(kinds.PULL, person, server, [names.checked(name)])


def start_update(person: Person, server: Server, name: str) -> Job:
    """Fetches a model again, if its registry has a newer one. A pull of it is the same job."""
    return _submit(kinds.PULL, person, server, [names.checked(name)], update=True)


def start_push(person: Person, server: Server, name: str) -> Job:
    """Sends a model to the registry that its name says."""
    pushed = names.checked(name)
    if not pushed.is_remote and pushed.namespace == DEFAULT_NAMESPACE:
        words = _(
            "%(registry)s takes models only under an account's name. Copy it to account/%(name)s "
            "first, and push that."
        )
        values = {"registry": names.registry_of(pushed), "name": pushed.model}
        raise ValidationError(words % values)
    return _submit(kinds.PUSH, person, server, [pushed])


def start_create(
    person: Person,
    server: Server,
    name: str,
    request: dict[str, Any],
    upload: UUID | None = None,
    groups: Collection[UUID] | None = None,
) -> Job:
    """Makes a model; `request` is that of /api/create without "model" and "stream".

    The files that it names are brought to the server first, from the upload of this id. Once it is
    made it is for these groups only, for everybody if there are none; None leaves that as it is.

    Ollama pulls a source that it does not have, so such a one is checked like a name to pull.
    Another request for a name that is being made is refused. Raises TypeError for a field that is
    none.
    """
    made = names.checked_for_here(name)
    if source := request.get("from"):
        request = request | {"from": str(_source(server, source))}
    create_request(str(made), request)
    more: dict[str, Any] = {"upload": str(upload)} if upload else {}
    if groups is not None:
        more["groups"] = [str(group) for group in groups]
    job = _submit(kinds.CREATE, person, server, [made], request=request, **more)
    if job.parameters["request"] != request:
        words = _("%(name)s is being made right now, of something else. Wait for its end.")
        raise ValidationError(words % {"name": made})
    return job


def start_copy(person: Person, server: Server, source: str, destination: str) -> Job:
    """Gives a model a second name."""
    return _submit(kinds.COPY, person, server, _two(source, destination))


def start_rename(person: Person, server: Server, source: str, destination: str) -> Job:
    """Gives a model another name in place of its own."""
    return _submit(kinds.RENAME, person, server, _two(source, destination))


def start_delete(person: Person, server: Server, name: str, running: Running = "wait") -> Job:
    """Removes a model, after the answers that it is writing have ended or were stopped."""
    job = _submit(kinds.DELETE, person, server, [names.parsed(name)], running=running)
    if running == "stop" and job.parameters["running"] != running:  # the open one waits for them
        job.parameters["running"] = running
        Job.objects.open().filter(pk=job.pk).update(parameters=job.parameters)
    return job


def start_load(
    person: Person, server: Server, name: str, keep_alive: str | int | None = None
) -> Job:
    """Brings a model into memory and keeps it: seconds, a Go duration ("10m"), -1 for always.

    None leaves that to the server.
    """
    of = names.parsed(name)
    if isinstance(keep_alive, str) and re.fullmatch(r"-?[0-9]{1,9}", keep_alive):
        keep_alive = int(keep_alive)  # as text, Ollama misses a unit
    # To load it for longer is another job, so the time is part of what it is about.
    subject = f"{of} {keep_alive}".lower()
    return _submit(kinds.LOAD, person, server, [of], subject, keep_alive=keep_alive)


def start_unload(person: Person, server: Server, name: str) -> Job:
    """Takes a model out of memory, for everybody, as soon as it writes no answer."""
    return _submit(kinds.UNLOAD, person, server, [names.parsed(name)])


def forget_old() -> None:
    """Removes jobs that ended so long ago that nobody reads of them."""
    Job.objects.filter(kind__in=kinds.ALL, ended_at__lt=timezone.now() - KEPT).delete()


def _source(server: Server, text: str) -> ModelName:
    there = server.models.filter(present=True, name__iexact=str(names.parsed(text)))
    return names.checked_for_here(text) if there.exists() else names.checked(text)


def _two(source: str, destination: str) -> list[ModelName]:
    old, new = names.parsed(source), names.checked_for_here(destination)
    if old == new:
        raise ValidationError(_("The model has this name already. Choose another one."))
    return [old, new]


def _submit(
    kind: str,
    person: Person,
    server: Server,
    of: list[ModelName],
    subject: str = "",
    **parameters: Any,
) -> Job:
    # A claim finds the names in the subject by the spaces, which none of them holds.
    subject = subject or " ".join(str(name).lower() for name in of)
    if len(subject) > LONGEST_SUBJECT:
        raise ValidationError(_("This name is too long."))
    parameters |= {"names": [str(name) for name in of]}
    forget_old()
    return Job.objects.submit(
        kind, server=server, subject=subject, parameters=parameters, person=person
    )
