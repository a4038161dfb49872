"""An import as its page shows it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat.importing import jobs
from chat.importing.reading import PROGRAMS
from inference.models import Job


@dataclass(frozen=True)
class ShownImport:
    """A look into a file, or the import itself."""

    job: Job

    @property
    def is_open(self) -> bool:
        return self.job.state in Job.OPEN

    @property
    def is_look(self) -> bool:
        return self.job.kind == jobs.LOOK

    @property
    def can_start(self) -> bool:
        return self.is_look and self.job.state == Job.State.DONE and self.found["new"] > 0

    @property
    def found(self) -> dict[str, Any]:
        """Counts, as jobs.look_into describes them."""
        return {"new": 0, "known": 0, "messages": 0, "problems": [], **self.job.progress}

    @property
    def programs(self) -> str:
        return ", ".join(PROGRAMS.get(each, each) for each in self.found.get("sources", ()))

    @property
    def why(self) -> str:
        """Why it failed."""
        if self.job.state != Job.State.FAILED:
            return ""
        if self.job.error_kind == jobs.UNREADABLE:
            return self.job.error
        if self.job.error_kind == jobs.GONE:
            return _("The file is no longer there. Choose it again.")
        return _("Something went wrong on the server. Nothing is there twice if you try again.")
