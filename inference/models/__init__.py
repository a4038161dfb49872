"""What inference keeps in the database: servers, their models, runs and jobs."""

from inference.models.description import Description
from inference.models.heartbeat import Heartbeat
from inference.models.job import Job
from inference.models.model import Model, ModelChoice
from inference.models.piece import RunPiece
from inference.models.run import AlreadyRunning, Run
from inference.models.server import Server
from inference.models.slot_time import SlotTime

__all__ = [
    "AlreadyRunning",
    "Description",
    "Heartbeat",
    "Job",
    "Model",
    "ModelChoice",
    "Run",
    "RunPiece",
    "Server",
    "SlotTime",
]
