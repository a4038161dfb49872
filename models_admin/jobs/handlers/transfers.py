"""Pull, push and create: what is told while it lasts, and what came of it."""

from django.utils.translation import gettext_noop as _

from accounts.database import in_database
from accounts.models import Group
from inference import model_access
from inference.jobs import Work
from inference.models import Job, Model
from inference.ollama import Client, NotInRegistry, OllamaError, Transfer
from inference.ollama.names import ModelName, parse
from models_admin import names
from models_admin.jobs.handlers import asked
from models_admin.jobs.handlers.asked import then_look
from models_admin.jobs.progress import Meter
from models_admin.jobs.requests import create_request
from models_admin.uploads import sending

# Lines that one job may write into its log; a server could say something new for ever.
MOST_LINES = 500

# What came of a pull.
NEW = "new"
CURRENT = "current"
LOCAL = "local"  # an update of what no registry has


@then_look
async def pull(work: Work) -> None:
    """Fetches a model; a part that came before is not fetched again."""
    (name,) = asked.names(work)
    client = asked.client(work)
    before = (await asked.installed(work)).get(name)
    file = await _modelfile(client, name) if before else None
    try:
        await _watch(work, client.pull(str(name), insecure=names.is_plain_http(name)))
    except NotInRegistry:
        if before is None or not work.job.parameters.get("update"):
            raise
        work.progress["result"] = LOCAL
        return
    now = (await asked.installed(work)).get(name)
    same = before is not None and now is not None and before.digest == now.digest
    if before is not None and not same:
        # One that was made here gets another digest when it comes back from the registry, as
        # Ollama then writes the same manifest in another way.
        same = file is not None and file == await _modelfile(client, name)
    # After a worker died at the very end, it is there and nothing was fetched in this attempt.
    fetched = work.progress.get("fetched", 0)
    work.progress["result"] = CURRENT if same and not fetched else NEW
    work.say(_("Done: %(digest)s"), digest=now.digest[:12] if now else "")


@then_look
async def push(work: Work) -> None:
    """Sends a model to its registry."""
    (name,) = asked.names(work)
    client = asked.client(work)
    await _watch(work, client.push(str(name), insecure=names.is_plain_http(name)))
    work.say(_("Sent to %(registry)s"), registry=names.registry_of(name))


@then_look
async def create(work: Work) -> None:
    """Makes a model of another one, or of files that were uploaded."""
    (name,) = asked.names(work)
    client = asked.client(work)
    request = create_request(str(name), work.job.parameters["request"])
    if request.source:
        source = str(parse(request.source))
        await in_database(model_access.expect, asked.server(work), source, str(name))
    uploaded = "upload" in work.job.parameters
    if uploaded:
        await sending.send(work, client)
    await _watch(work, client.create(request))
    work.say(_("Made %(name)s"), name=name)
    await in_database(_let_in, work.job, str(name))
    if uploaded:
        await sending.clear(work)


def _let_in(job: Job, name: str) -> None:
    """Gives what was replaced to the groups that were chosen. Sync."""
    chosen = job.parameters.get("groups")
    if chosen is None:
        return
    groups = list(Group.objects.filter(pk__in=chosen))
    if groups or not chosen:  # groups that are gone are not everybody
        rows = Model.objects.filter(server=job.server, name__iexact=name)
        model_access.restrict(job.person, rows.values_list("name", flat=True), groups)


async def _modelfile(client: Client, name: ModelName) -> str | None:
    """All that makes a model, the digest of its weights too; None where that is not told."""
    try:
        return (await client.show(str(name))).raw.get("modelfile") or None
    except OllamaError:
        return None


async def _watch(work: Work, transfer: Transfer) -> None:
    meter = Meter(work.progress)
    moved = meter.moved
    lines = 0
    told = ""
    server = asked.server(work)
    work.say(_("Attempt %(number)d on %(server)s"), number=work.job.attempts, server=server.name)
    try:
        async with transfer as batches:
            async for batch in batches:
                meter.add(batch)
                work.moved = work.moved or meter.moved > moved
                work.progress |= meter.progress()
                for status in dict.fromkeys(each.status for each in batch):
                    if status != told and lines < MOST_LINES:
                        told = status
                        lines += 1
                        work.say(_("Ollama: %(status)s"), status=told[:200])
    except OllamaError as error:
        work.say(_("Ollama: %(status)s"), status=error.message[:500])
        raise
    finally:
        work.progress |= {"speed": None, "left": None}
