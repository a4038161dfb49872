"""Takes a server out of the list, with everything that is known of it."""

from dataclasses import dataclass

from accounts import audit
from accounts.models import Person
from inference.models import Job, Model, Run, Server


@dataclass(frozen=True)
class Touched:
    """What the removal of a server would change, as of now."""

    running: int  # answers that it writes: they are stopped, and keep what they have
    waiting: int  # runs whose model no other server has: they end with a message
    moving: int  # runs that wait, and whose model another server has too
    jobs: int  # open ones: they are cancelled, and go with the server
    models: int


def touched(server: Server) -> Touched:
    """Counts it, for who is asked whether they mean it."""
    own = set(Model.objects.filter(server=server, present=True).values_list("name", flat=True))
    others = Model.objects.runnable().exclude(server=server)
    elsewhere = set(others.filter(name__in=own).values_list("name", flat=True))
    waiting = Run.objects.waiting()
    return Touched(
        running=Run.objects.running().filter(server=server).count(),
        waiting=waiting.filter(model_name__in=own - elsewhere).count(),
        moving=waiting.filter(model_name__in=elsewhere).count(),
        jobs=Job.objects.open().filter(server=server).exclude(person=None).count(),
        models=len(own),
    )


def remove(server: Server, person: Person) -> None:
    """Removes it. What runs there is stopped; what waits goes to other servers, or ends.

    In steps, each of which may be done again: to hold the rows of several runs while a worker saves
    them all in another order would lock both.
    """
    Server.objects.filter(pk=server.pk).update(enabled=False, draining=True)
    for job in Job.objects.open().filter(server=server):
        job.request_cancel()
    for run in Run.objects.running().filter(server=server):
        run.request_stop()
        Run.objects.filter(pk=run.pk).update(server=None)
    Run.objects.exclude(status=Run.Status.RUNNING).filter(server=server).update(server=None)
    audit.record("server_removed", person, server, address=server.address)
    server.delete()
