"""Keeps what the database says of servers and models near the truth, in the background.

No page waits for Ollama: it shows what the last refresh saw, and how old that is.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.database import in_database
from inference import jobs, sightings
from inference.jobs import Work
from inference.models import Description, Job, Server
from inference.ollama import Client, InstalledModel, OllamaError
from inference.sightings import Abilities

log = logging.getLogger(__name__)

REFRESH = "refresh"
AGAIN = "again"  # the subject of one that is asked for while another runs
# How old the knowledge of a server may get; of one that does not answer.
FRESH = timedelta(seconds=45)
FRESH_WHILE_DOWN = timedelta(seconds=5)
# A server that lists more is not believed; so many unknown models are asked for at a time.
MOST_MODELS = 2_000
MOST_SHOWN = 300
SHOWN_AT_ONCE = 4


async def refresh(work: Work) -> None:
    """The job's handler: asks one server what it has. A server that fails is marked so, no more."""
    if work.client is None or work.job.server_id is None:
        return
    server_id, began = work.job.server_id, work.now()
    try:
        await _refresh(server_id, work.client, began)
    except OllamaError as error:
        await in_database(sightings.failed, server_id, error.message, began, work.now())


async def look_at_loaded(server_id: UUID, client: Client, began: datetime) -> None:
    """Asks only which models are in memory, and with which context. `began` is now."""
    try:
        loaded = await client.ps()
    except OllamaError as error:
        log.info("the server's loaded models are not known: %s", error)
        return
    await in_database(sightings.loaded, server_id, loaded[:MOST_MODELS], began)


def submit_due(now: datetime) -> None:
    """Submits a refresh of each server whose knowledge is old. Sync, in a database thread."""
    old = Q(checked_at=None) | Q(checked_at__lt=now - FRESH)
    down = ~Q(error="") & Q(checked_at__lt=now - FRESH_WHILE_DOWN)
    for server in Server.objects.filter(old | down, enabled=True):
        Job.objects.submit(REFRESH, server=server)


def submit_soon(server_id: UUID) -> None:
    """Submits a refresh because something about the server was not as we knew it."""
    if server := Server.objects.filter(pk=server_id, enabled=True).first():
        # One that runs may have asked before that happened.
        running = Job.objects.filter(kind=REFRESH, server=server, state=Job.State.RUNNING)
        begun = set(running.values_list("subject", flat=True))
        Job.objects.submit(REFRESH, server=server, subject=AGAIN if "" in begun else "")


async def _refresh(server_id: UUID, client: Client, began: datetime) -> None:
    version, listed, in_memory = await asyncio.gather(client.version(), client.tags(), client.ps())
    installed = {model.name: model for model in listed[:MOST_MODELS] if sightings.is_sane(model)}
    known = await known_of(client, list(installed.values()))
    await in_database(
        sightings.seen,
        server_id,
        version,
        list(installed.values()),
        known,
        in_memory[:MOST_MODELS],
        began,
    )


async def known_of(client: Client, models: list[InstalledModel]) -> dict[str, Abilities]:
    """What the models can do, by digest: known from before, else asked for, else as listed."""
    known = await in_database(sightings.abilities_of, {model.digest for model in models})
    unknown = [model for model in models if model.digest not in known]
    listed = {
        model.digest: Abilities(tuple(model.capabilities), model.context_length)
        for model in unknown
        if model.capabilities is not None and model.context_length
    }
    return known | listed | await _ask(client, unknown[:MOST_SHOWN])


async def _ask(client: Client, models: list[InstalledModel]) -> dict[str, Abilities]:
    """What /api/show says, by digest. A model that cannot be shown is asked for next time again."""
    turns = asyncio.Semaphore(SHOWN_AT_ONCE)
    found: dict[str, Abilities] = {}

    async def ask(model: InstalledModel) -> None:
        async with turns:
            try:
                details = await client.show(model.name)
            except OllamaError as error:
                log.warning("the model %s cannot be shown: %s", model.name, error)
                return
        found[model.digest] = sightings.abilities(details)
        await in_database(Description.objects.keep, model.digest, details.raw)

    by_digest = {model.digest: model for model in models}
    async with asyncio.TaskGroup() as group:
        for model in by_digest.values():
            group.create_task(ask(model))
    return found


jobs.register(REFRESH, refresh, attempts=1, keep=False)
