"""What a job was asked to do, and the catalogue brought up to date after it."""

from collections.abc import Awaitable, Callable
from functools import wraps

from accounts.database import in_database
from inference import catalogue
from inference.jobs import JobFailed, NotYet, Work
from inference.models import Server
from inference.ollama import Client, InstalledModel
from inference.ollama.names import ModelName, parse

GONE = "server_gone"


def names(work: Work) -> list[ModelName]:
    """The names that it is about."""
    return [parse(text) for text in work.job.parameters["names"]]


def client(work: Work) -> Client:
    """The way to its server. Raises JobFailed where that was put aside in the meantime."""
    server = work.job.server
    if work.client is None or server is None or not server.enabled:
        raise JobFailed(kind=GONE)
    return work.client


def server(work: Work) -> Server:
    """Its server."""
    assert work.job.server is not None  # noqa: S101  client() is asked first
    return work.job.server


async def installed(work: Work) -> dict[ModelName, InstalledModel]:
    """What the server has now, by name."""
    found = {}
    for model in await client(work).tags():
        try:
            found[parse(model.name)] = model
        except ValueError:  # other tools may have made it
            continue
    return found


def then_look(
    handler: Callable[[Work], Awaitable[None]],
) -> Callable[[Work], Awaitable[None]]:
    """Refreshes the catalogue before the job counts as done, and soon where it ended otherwise."""

    @wraps(handler)
    async def handled(work: Work) -> None:
        try:
            await handler(work)
        except NotYet:
            raise
        except BaseException:
            if work.job.server_id is not None:
                await in_database(catalogue.submit_soon, work.job.server_id)
            raise
        await catalogue.refresh(work)

    return handled
