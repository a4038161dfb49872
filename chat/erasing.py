"""Erases conversations whose time is over, in small steps, with everything that hangs on them.

A standing job of the worker: what a crash interrupts goes on with the next look. With it go the
sessions that have expired, and what is known of deleted folders.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts import sessions
from accounts.database import in_database
from chat import search
from chat.models import Conversation, Message, RemovedFolder, Summary
from chat.models.lists import ConversationQuerySet
from inference import jobs
from inference.jobs import NotYet, Work
from inference.models import Job, Run, RunPiece
from inference.wakeups import wake_worker

log = logging.getLogger(__name__)

KIND = "erase"
PAUSE = timedelta(minutes=1)
# Seconds between two times at which the index forgets what was erased.
FORGET_S = 86_400
# Messages, or sessions, of one transaction: no other writer of SQLite waits longer for one.
BATCH = 100


async def work(work: Work) -> None:
    """The job's handler: erases all that is due, and comes again in a while."""
    try:
        await in_database(stop_runs, work.now())
        while await in_database(erase_some, work.now()):
            work.progress["erased"] = True
        await _forget(work)
        await in_database(RemovedFolder.objects.forget, work.now())
        while await in_database(sessions.clear_expired, work.now(), BATCH) == BATCH:
            pass
    except DatabaseError:
        log.exception("what is deleted could not be erased, it is tried again")
    raise NotYet(PAUSE.total_seconds())


async def _forget(work: Work) -> None:
    """Takes erased words out of the files of the index, of which all is written anew for that."""
    now = work.now().timestamp()
    if work.progress.get("erased") and now - work.progress.get("forgot_at", 0.0) > FORGET_S:
        while await in_database(search.forget):
            pass
        work.progress.update(erased=False, forgot_at=now)


def submit_soon() -> None:
    """Has a worker erase what is due, once this is committed."""
    Job.objects.submit(KIND)
    Job.objects.filter(kind=KIND, state=Job.State.QUEUED).update(not_before=None)
    transaction.on_commit(wake_worker)


def stop_runs(now: datetime) -> None:
    """Stops what is still written for conversations that are due; they are erased afterwards."""
    for run in _open_runs(_due(now)):
        run.request_stop(now)


def erase_some(now: datetime) -> bool:
    """Erases a part of a conversation that is due; False if nothing is left to erase now."""
    due = _due(now)
    if not due.exists():  # most looks find nothing and take no lock
        return False
    busy = _busy(due)
    with transaction.atomic():
        pk = due.exclude(pk__in=busy).order_by("erase_at").values_list("pk", flat=True).first()
        if pk is None:
            return False
        # From here on no page can put it off. It may have, in the meantime.
        if not due.filter(pk=pk).update(deleted_at=Coalesce("deleted_at", now)):
            return True
        messages = Message.objects.filter(conversation=pk).order_by("-created_at")
        batch = list(messages.values_list("pk", flat=True)[:BATCH])
        summaries = Summary.objects.filter(up_to__in=batch).values_list("pk", flat=True)
        _erase_runs([*batch, *summaries, pk])
        if batch:
            _erase_messages(batch)
        else:
            Conversation.objects.filter(pk=pk).delete()
    return True


def _due(now: datetime) -> ConversationQuerySet:
    return Conversation.objects.filter(erase_at__lte=now)


def _open_runs(conversations: ConversationQuerySet) -> list[Run]:
    """Those of their answers, their titles and their summaries."""
    due = conversations.values("pk")
    summaries = Summary.objects.filter(conversation__in=due).values("pk")
    theirs = Q(audience__in=due) | Q(subject__in=due) | Q(subject__in=summaries)
    return list(Run.objects.open().filter(theirs))


def _busy(due: ConversationQuerySet) -> list[UUID]:
    """The ids of conversations for which something is still written, and others that do no harm."""
    ids = [pk for run in _open_runs(due) for pk in (run.audience, run.subject) if pk]
    return [*ids, *Summary.objects.filter(pk__in=ids).values_list("conversation", flat=True)]


def _erase_messages(batch: list[UUID]) -> None:
    # Django follows a chain of messages one by one; so it is cut first.
    Message.objects.filter(parent__in=batch).exclude(pk__in=batch).update(parent=None)
    Message.objects.filter(pk__in=batch).delete()


def _erase_runs(subjects: list[UUID]) -> None:
    """What was used stays on record, without a word of what was said."""
    runs = Run.objects.filter(subject__in=subjects)
    RunPiece.objects.filter(run__in=runs).delete()
    runs.update(parameters={}, sent={}, tool_calls=[], error="", audience=None)


def register() -> None:
    """Has workers erase."""
    jobs.register(KIND, work, keep=False, standing=True)
