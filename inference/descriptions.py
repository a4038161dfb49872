"""What /api/show says of models, kept by digest so that no page waits for a server.

The catalogue keeps it of every model that it comes to know. Where that failed, a page submits a
job that asks once more, with a short deadline, and shows what comes of it.
"""

import asyncio
from uuid import UUID

from accounts.database import in_database
from inference import jobs, model_hints
from inference.jobs import JobFailed, Work
from inference.models import Description, Job, Model
from inference.ollama import OllamaError

DESCRIBE = "describe"
# Seconds that a server may take: somebody looks at the page meanwhile.
DEADLINE = 5.0


def ask(model: Model) -> Job:
    """Submits the job; the one that is there where somebody has asked already."""
    return Job.objects.submit(DESCRIBE, server=model.server, subject=model.name)


def failure(model: Model) -> str:
    """Why the last attempt did not succeed, in words; "" where none has failed."""
    asked = Job.objects.filter(kind=DESCRIBE, server=model.server_id, subject=model.name)
    last = asked.order_by("-created_at").first()
    return last.error if last and last.state == Job.State.FAILED else ""


async def describe(work: Work) -> None:
    """The job's handler. Raises JobFailed with the reason for people."""
    if work.client is None or work.job.server_id is None:
        return
    name = work.job.subject
    try:
        async with asyncio.timeout(DEADLINE):
            details = await work.client.show(name)
    except TimeoutError:
        raise JobFailed(f"no answer within {DEADLINE:.0f} s") from None
    except OllamaError as error:
        raise JobFailed(error.message) from error
    if not await in_database(_keep, work.job.server_id, name, details.raw):
        raise JobFailed("it says more than can be kept")
    model_hints.tell()


def _keep(server_id: UUID, name: str, shown: dict[str, object]) -> bool:
    model = Model.objects.filter(server=server_id, name=name).first()
    return model is None or Description.objects.keep(model.digest, shown)


jobs.register(DESCRIBE, describe, attempts=1, keep=False)
