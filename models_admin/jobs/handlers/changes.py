"""Copy, rename and delete: quick for Ollama, but not for those who chat with the model."""

from django.utils.translation import gettext_noop as _

from accounts.database import in_database
from inference import model_access, model_hints
from inference.jobs import JobFailed, NotYet, Work
from inference.models import Model, Run, Server
from inference.ollama import ModelMissing
from inference.ollama.names import ModelName
from models_admin.jobs.handlers import asked
from models_admin.jobs.handlers.asked import then_look

TAKEN = "name_taken"
LOOK_AGAIN = 1.0  # seconds, while answers are waited for


@then_look
async def copy(work: Work) -> None:
    """Gives a model a second name, unless another model has it."""
    source, destination = asked.names(work)
    await _copy(work, source, destination)


@then_look
async def rename(work: Work) -> None:
    """Gives a model another name. In between it has both, also if the worker dies there."""
    source, destination = asked.names(work)
    if not work.progress.get("copied"):
        await _copy(work, source, destination)
        work.progress["copied"] = True
    await _delete(work, source)


@then_look
async def delete(work: Work) -> None:
    """Removes a model once it writes no answer any more."""
    (name,) = asked.names(work)
    await _delete(work, name)


async def _copy(work: Work, source: ModelName, destination: ModelName) -> None:
    client = asked.client(work)
    there = await asked.installed(work)
    if taken := there.get(destination):
        if source in there and taken.digest != there[source].digest:
            raise JobFailed(str(destination), kind=TAKEN)
        return  # an earlier attempt did it, or somebody else
    if source in there:
        await in_database(model_access.expect, asked.server(work), str(source), str(destination))
    work.progress["sent"] = True
    await client.copy(str(source), str(destination))
    work.say(_("Copied %(source)s to %(destination)s"), source=source, destination=destination)


async def _delete(work: Work, name: ModelName) -> None:
    client = asked.client(work)
    stops = work.job.parameters.get("running") == "stop"
    left = await in_database(_prepare, asked.server(work), str(name), stops=stops)
    if left:
        if work.progress.get("waits_for") is None:
            words = _("Stops %(count)d answers") if stops else _("Waits for %(count)d answers")
            work.say(words, count=left)
        work.progress["waits_for"] = left
        raise NotYet(LOOK_AGAIN)
    work.progress.pop("waits_for", None)
    work.progress["sent"] = True
    try:
        await client.delete(str(name))
    except ModelMissing:
        work.progress["result"] = "was_gone"
        work.say(_("%(name)s was gone already"), name=name)
        return
    work.say(_("Deleted %(name)s"), name=name)


def _prepare(server: Server, name: str, *, stops: bool) -> int:
    """Offers the model to nobody any more; how many answers it still writes."""
    shown = Model.objects.filter(server=server, name__iexact=name, present=True)
    if shown.update(present=False):
        model_hints.tell()
    writing = Run.objects.running().filter(server=server, model_name__iexact=name)
    runs = list(writing)
    if stops:
        for run in runs:
            run.request_stop()
    return len(runs)
