"""A standing job of the worker: reads into the index what nobody's search has read in yet.

So an upgrade, an import, or a person who seldom searches leaves nothing for a search to wait for.
"""

import logging

from django.db import DatabaseError

from accounts.database import in_database
from chat.search.index import catch_up
from inference import jobs
from inference.jobs import NotYet, Work

log = logging.getLogger(__name__)

KIND = "search"
PAUSE_S = 20.0
# Seconds for which one look keeps a thread of the database busy.
STEP_S = 0.2


async def work(work: Work) -> None:
    """The job's handler: reads in all that is due, and comes again in a while."""
    try:
        while not await in_database(catch_up, seconds=STEP_S):
            pass
    except DatabaseError:
        log.exception("messages could not be read into the index, it is tried again")
    raise NotYet(PAUSE_S)


def register() -> None:
    """Has workers read in."""
    jobs.register(KIND, work, keep=False, standing=True)
