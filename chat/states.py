"""What an answer is doing or how it ended, in words and with what a person can do about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import words
from chat.models import Message
from inference import queue
from inference.models import Model, Run
from inference.outcomes import explain


class Kind(StrEnum):
    """The states of an answer; a template draws each."""

    QUEUED = "queued"
    LOADING = "loading"
    ANSWERING = "answering"
    WHOLE = "whole"
    CUT = "cut"  # by the limit of tokens
    EMPTY = "empty"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True)
class State:
    """The state of one answer. `title` and `details` stand in place of the answer or under it."""

    kind: Kind
    title: str = ""
    details: str = ""

    @property
    def is_open(self) -> bool:
        return self.kind in (Kind.QUEUED, Kind.LOADING, Kind.ANSWERING)

    @property
    def may_continue(self) -> bool:
        """Whether the model can go on with what is there."""
        return self.kind in (Kind.CUT, Kind.STOPPED, Kind.INTERRUPTED)

    @property
    def icon(self) -> str:
        return _ICONS.get(self.kind, "")

    @property
    def tone(self) -> str:
        return _TONES.get(self.kind, "")


_ICONS = {
    Kind.LOADING: "clock",
    Kind.ANSWERING: "clock",
    Kind.CUT: "cut",
    Kind.EMPTY: "info",
    Kind.STOPPED: "stop",
    Kind.INTERRUPTED: "cut",
    Kind.FAILED: "alert",
}
_TONES = {Kind.INTERRUPTED: "warn", Kind.FAILED: "bad"}


def state_of(answer: Message, now: datetime | None = None) -> State:
    """The state of an answer, from its latest run."""
    run = answer.run
    if run is None:  # its record was cleared away: nothing more is known than the text
        return State(Kind.WHOLE) if answer.text.strip() or answer.tool_calls else _empty()
    if run.status == Run.Status.QUEUED:
        return _queued(run, now or timezone.now())
    if run.status == Run.Status.RUNNING:
        return _running(run)
    if run.status == Run.Status.DONE:
        return _done(answer, run)
    if run.status == Run.Status.STOPPED:
        return State(Kind.STOPPED, _("Stopped."), "" if answer.text else _("Nothing was written."))
    kept = _("Nothing above is lost.") if answer.text or answer.thinking else ""
    if run.status == Run.Status.INTERRUPTED:
        return State(Kind.INTERRUPTED, _("Interrupted."), f"{explain(run)} {kept}".strip())
    title = _("Failed.") if answer.text else _("No answer.")
    return State(Kind.FAILED, title, f"{explain(run)} {kept}".strip())


def _queued(run: Run, now: datetime) -> State:
    place = queue.place(run, now)
    details = []
    if not place.reachable:
        details.append(_("as soon as the server answers"))
    elif place.seconds is not None:
        details.append(words.about(place.seconds))
    if place.waits_for:
        details.append(_("the server changes to %(model)s first") % {"model": place.waits_for})
    return State(Kind.QUEUED, words.in_line(place.position), ", ".join(details))


def _running(run: Run) -> State:
    model = Model.objects.filter(server=run.server_id, name=run.model_name)
    known = model.values_list("loaded", "load_seconds").first()
    loaded, seconds = known or (False, None)
    if run.first_token_at is None and not loaded:
        usual = _("usually %(time)s") % {"time": words.about(seconds)} if seconds else ""
        return State(Kind.LOADING, _("Loading %(model)s") % {"model": run.model_name}, usual)
    return State(Kind.ANSWERING, _("Reading the conversation"))


def _done(answer: Message, run: Run) -> State:
    is_empty = not answer.text.strip() and not answer.tool_calls
    if run.done_reason == "length":  # with thoughts alone there is nothing to go on from
        kind = Kind.EMPTY if is_empty else Kind.CUT
        why = _("The model reached the length that it may write at once.")
        return State(kind, _("Cut off."), why)
    return _empty() if is_empty else State(Kind.WHOLE)


def _empty() -> State:
    return State(
        Kind.EMPTY,
        _("An empty answer."),
        _("The model ended without a word. Another try may help."),
    )
