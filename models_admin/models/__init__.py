"""What those who manage models keep in the database."""

from models_admin.models.create_request import CreateRequest
from models_admin.models.draft import Draft, TrialAnswer, Typed
from models_admin.models.measurement import Measurement
from models_admin.models.upload import Upload, UploadFile

__all__ = [
    "CreateRequest",
    "Draft",
    "Measurement",
    "TrialAnswer",
    "Typed",
    "Upload",
    "UploadFile",
]
