"""Jobs in templates."""

from django import template

from inference.models import Job
from models_admin.jobs.listing import on_models
from models_admin.jobs.shown import Shown

register = template.Library()


@register.filter
def shown(job: Job | Shown) -> Shown:
    """The job in words and figures."""
    return job if isinstance(job, Shown) else Shown(job)


@register.simple_tag
def running_jobs() -> int:
    """How many jobs on models run now."""
    return on_models().filter(state=Job.State.RUNNING).count()
