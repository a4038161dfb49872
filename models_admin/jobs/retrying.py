"""Doing a job again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from inference.models import Job
from inference.wakeups import tell_of_jobs, wake_worker
from models_admin import names
from models_admin.jobs import kinds

_CHECKED = {
    kinds.PULL: names.checked,
    kinds.PUSH: names.checked,
    kinds.CREATE: names.checked_for_here,
    kinds.COPY: names.checked_for_here,
    kinds.RENAME: names.checked_for_here,
}


def retry(job: Job, person: Person) -> Job:
    """A new job like one that ended; one that waits for its next attempt begins it at once.

    Raises ValidationError where that cannot be: it runs or went well, or the settings have changed.
    """
    if job.state == Job.State.QUEUED:
        _hurry(job)
        return job
    if job.state not in (Job.State.FAILED, Job.State.CANCELLED):
        raise ValidationError(_("It is running or has gone well: there is nothing to try again."))
    if job.server is None or not job.server.enabled:
        raise ValidationError(_("The server is not in use any more."))
    if check := _CHECKED.get(job.kind):
        check(job.parameters["names"][-1])
    return Job.objects.submit(
        job.kind,
        server=job.server,
        subject=job.subject,
        parameters=job.parameters,
        person=person,
    )


def _hurry(job: Job) -> None:
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(not_before=None)
        transaction.on_commit(wake_worker)
        transaction.on_commit(tell_of_jobs)
