"""Load and unload: what a server keeps in its memory."""

import asyncio
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from inference.jobs import JobFailed, NotYet, Work
from inference.ollama import Client
from inference.ollama.names import ModelName
from models_admin.jobs.handlers import asked
from models_admin.jobs.handlers.asked import then_look

IN_USE = "in_use"
# Ollama says yes to an unload before it happens: at once where the model is idle, else after its
# last answer.
LOOKS = 4
BETWEEN_LOOKS = 0.25  # seconds
LOOK_AGAIN = 2.0
PATIENCE = timedelta(minutes=30)


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
    client = asked.client(work)
    await client.unload(str(name))
    if not await _is_gone(client, name):
        if work.now() - work.job.created_at > PATIENCE:
            raise JobFailed(kind=IN_USE)
        work.progress["waits_for"] = 1
        raise NotYet(LOOK_AGAIN)
    work.progress.pop("waits_for", None)
    work.say(_("Unloaded %(name)s"), name=name)


async def _is_gone(client: Client, name: ModelName) -> bool:
    for _look in range(LOOKS):
        if str(name).lower() not in {model.name.lower() for model in await client.ps()}:
            return True
        await asyncio.sleep(BETWEEN_LOOKS)
    return False
