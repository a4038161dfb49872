"""A job as pages show it: in words and figures."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inference.models import Job
from models_admin.figures import size
from models_admin.jobs import figures, kinds, troubles
from models_admin.jobs.handlers.transfers import CURRENT, LOCAL

_GAUGE = 1000  # steps of a bar


@dataclass(frozen=True)
class Part:
    """A layer: a file that is moved, or a step that is counted."""

    name: str
    words: str
    value: int | None  # of 1000; None where the total is not known


@dataclass(frozen=True)
class LogLine:
    at: datetime | None
    words: str


class Shown:
    """What a template says of a job."""

    most = _GAUGE

    def __init__(self, job: Job) -> None:
        self.job = job
        self._progress: dict[str, Any] = job.progress

    @property
    def name(self) -> str:
        """The model that it is about."""
        return str(self.job.parameters["names"][0])

    @property
    def does(self) -> str:
        """The kind of job and where, to stand after the name: "pull to gpu-1"."""
        names = self.job.parameters["names"]
        server = self.job.server.name if self.job.server else ""
        values = {"server": server, "other": names[-1]}
        words = {
            kinds.PULL: _("pull to %(server)s"),
            kinds.PUSH: _("push from %(server)s"),
            kinds.CREATE: _("create on %(server)s"),
            kinds.COPY: _("copy to %(other)s on %(server)s"),
            kinds.RENAME: _("rename to %(other)s on %(server)s"),
            kinds.DELETE: _("delete from %(server)s"),
            kinds.LOAD: _("load on %(server)s"),
            kinds.UNLOAD: _("unload on %(server)s"),
        }[self.job.kind]
        if self.job.kind == kinds.PULL and self.job.parameters.get("update"):
            words = _("update on %(server)s")
        return words % values

    @property
    def who(self) -> str:
        """Who started it; "" where that person is gone."""
        return self.job.person.get_short_name() if self.job.person else ""

    @property
    def is_open(self) -> bool:
        return self.job.state in Job.OPEN

    @property
    def is_running(self) -> bool:
        return self.job.state == Job.State.RUNNING

    @property
    def has_failed(self) -> bool:
        return self.job.state == Job.State.FAILED

    @property
    def may_retry(self) -> bool:
        """Whether to do it again, or at once and not after a pause, makes sense."""
        return self.job.state in (Job.State.FAILED, Job.State.CANCELLED) or self.waits_until

    @property
    def waits_until(self) -> bool:
        """Whether it waits for its next attempt."""
        return self.job.state == Job.State.QUEUED and self.job.error_kind != ""

    @property
    def value(self) -> int | None:
        """Of `most`; None where how much is missing is not known."""
        fraction = self._progress.get("fraction")
        return None if fraction is None else round(fraction * _GAUGE)

    @property
    def percent(self) -> str:
        return _("%(n)s %%") % {"n": (self.value or 0) * 100 // _GAUGE}

    @property
    def figures(self) -> list[str]:
        """What changes while it runs: bytes, speed, time left, or else what is done right now."""
        if self.job.cancel_requested:
            return [_("Being cancelled")]
        found = self._progress
        if found.get("waits_for"):
            return [self._waits_for()]
        words = []
        if found.get("total"):
            words.append(figures.part(found["completed"], found["total"]))
        elif found.get("completed"):
            words.append(size(found["completed"]))
        if found.get("speed"):
            words.append(figures.speed(found["speed"]))
        if found.get("left"):
            words.append(figures.left(found["left"]))
        elif found.get("status") and not found.get("speed"):
            words.append(_status(found["status"]))
        return words or [_("Begins")]

    @property
    def outcome(self) -> str:
        """One line on a job that does not run: what it waits for, or how it ended."""
        state = self.job.state
        if state == Job.State.QUEUED:
            if self._progress.get("waits_for"):
                return self._waits_for()
            return self.trouble or _("Waits for its turn")
        if state == Job.State.DONE:
            return self._done()
        return self.trouble if self.has_failed else _("Cancelled")

    @property
    def trouble(self) -> str:
        return troubles.trouble(self.job)

    @property
    def left(self) -> str:
        """What is left of a job that did not end well."""
        return troubles.left(self.job) if not self.is_open and self.job.state != "done" else ""

    @property
    def parts(self) -> list[Part]:
        """Its layers."""
        return [
            Part(
                key.removeprefix("sha256:")[:12] if ":" in key else _status(key),
                figures.part(completed, total) if total else size(completed),
                round(min(completed / total, 1) * _GAUGE) if total else None,
            )
            for key, _status_, completed, total in self._progress.get("layers", [])
        ]

    @property
    def log(self) -> Iterator[LogLine]:
        """What happened, in the reader's language."""
        for line in self.job.log.splitlines():
            try:
                at, words, values = json.loads(line)
                yield LogLine(datetime.fromisoformat(at), _(words) % values)
            except (ValueError, TypeError, KeyError):  # the first one may have been cut
                continue

    def _waits_for(self) -> str:
        count = self._progress["waits_for"]
        words = ngettext(
            "Waits for %(count)d answer to end", "Waits for %(count)d answers to end", count
        )
        return str(words % {"count": count})

    def _done(self) -> str:
        found = self._progress
        if self.job.kind != kinds.PULL:
            return _("It was gone already") if found.get("result") == "was_gone" else _("Done")
        if found.get("result") == CURRENT:
            return _("Already current")
        if found.get("result") == LOCAL:
            return _("No registry has it: nothing to update")
        if self.job.parameters.get("update"):
            return _("A newer version came")
        total = found.get("total")
        return _("Pulled, %(size)s") % {"size": size(total)} if total else _("Pulled")


def _status(said: str) -> str:
    """Ollama's usual words in the reader's language; others as they are."""
    known = {
        "pulling manifest": _("asks the registry"),
        "retrieving manifest": _("looks at the model"),
        "verifying sha256 digest": _("checks what came"),
        "writing manifest": _("writes it down"),
        "pushing manifest": _("tells the registry"),
        "sending files": _("sends the files"),
        "removing unused layers": _("clears away old files"),
        "success": _("done"),
    }
    return known.get(said, said)
