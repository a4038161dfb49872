"""What the worker does for each kind of job on models."""

from inference import jobs
from models_admin.jobs import kinds
from models_admin.jobs.handlers.changes import copy, delete, rename
from models_admin.jobs.handlers.memory import load, unload
from models_admin.jobs.handlers.transfers import create, pull, push

# Pauses between attempts grow to five minutes: a night's outage is not survived, an hour's is. An
# attempt that got further begins to count anew.
PATIENT = 15


def register() -> None:
    """Makes the workers of this process do them."""
    for kind, handler in ((kinds.PULL, pull), (kinds.PUSH, push), (kinds.CREATE, create)):
        jobs.register(kind, handler, attempts=PATIENT, in_line=True, alone=True)
    for kind, handler in ((kinds.COPY, copy), (kinds.RENAME, rename), (kinds.DELETE, delete)):
        jobs.register(kind, handler, attempts=5, alone=True)
    jobs.register(kinds.LOAD, load, attempts=3)
    jobs.register(kinds.UNLOAD, unload, attempts=3)
