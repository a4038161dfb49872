"""Load and unload: what a server keeps in its memory."""

from django.utils.translation import gettext_noop as _

from inference.jobs import Work
from models_admin.jobs.handlers import asked
from models_admin.jobs.handlers.asked import then_look


@then_look
async def load(work: Work) -> None:
    """Brings a model into memory; Ollama may drop others for it."""
    (name,) = asked.names(work)
    await asked.client(work).load(str(name), work.job.parameters.get("keep_alive"))
    work.say(_("Loaded %(name)s"), name=name)


@then_look
async def unload(work: Work) -> None:
    """Takes a model out of memory once it writes no answer any more."""
    (name,) = asked.names(work)
    await asked.client(work).unload(str(name))
    work.say(_("Unloaded %(name)s"), name=name)
