"""The fair queue of runs: every change of a run's state that is made in the database.

    submit → queued ──claim──▶ running ──finish──▶ done, stopped or failed
               ▲  │                │  └───reap───▶ interrupted
               │  └─request_stop   │
               └────put_back───────┘

Each is one transaction, guarded by (id, epoch, running): of those who race exactly one wins, and
who lost a run can write nothing more to it. All functions are synchronous and take the time from
the caller, which tests set.
"""

from inference.models.run import AlreadyRunning
from inference.queue.claiming import claim
from inference.queue.ending import fail_missing, finish, go_elsewhere, keep_waiting, put_back, reap
from inference.queue.line import Place, place, places
from inference.queue.saving import Progress, Saved, save

__all__ = [
    "AlreadyRunning",
    "Place",
    "Progress",
    "Saved",
    "claim",
    "fail_missing",
    "finish",
    "go_elsewhere",
    "keep_waiting",
    "place",
    "places",
    "put_back",
    "reap",
    "save",
]
