"""How a run ends, and the words for it that a person can act on."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from inference.models import Run
from inference.ollama import Interrupted, OllamaError, Unreachable, Usage

# By error_kind: the kinds of OllamaError and our own. What Ollama said follows where it says more.
WORDS = {
    "unreachable": gettext_noop(
        "The Ollama server cannot be reached. Try again in a moment, or tell the people who run it."
    ),
    "busy": gettext_noop("The Ollama server is too busy. Try again in a few minutes."),
    "refused": gettext_noop("Ollama could not do this."),
    "model_missing": gettext_noop(
        "The model %(model)s is not on the server any more. Choose another one."
    ),
    "not_allowed": gettext_noop(
        "The model %(model)s is no longer open to you. Choose another one."
    ),
    "not_able": gettext_noop("The model %(model)s is not able to do this. Choose another one."),
    "too_long": gettext_noop("This is too long for the model. Shorten it, or start a new chat."),
    "bad_answer": gettext_noop("The Ollama server sent something that is no answer. Try again."),
    "interrupted": gettext_noop("The connection to the Ollama server broke in mid-answer."),
    "ended_early": gettext_noop(
        "Ollama ended the answer before it was whole, as it does when a model repeats itself."
    ),
    "restart": gettext_noop("The chat was restarted in mid-answer."),
    "time_limit": gettext_noop("The answer took longer than is allowed here and was ended."),
    "size_limit": gettext_noop("The answer grew longer than is allowed here and was ended."),
    "internal": gettext_noop("Something went wrong in the chat itself. Its log says what."),
}
# Kinds whose sentence says it all, or where Ollama's words would only repeat it.
_NO_DETAIL = {
    *(
        "busy",
        "ended_early",
        "model_missing",
        "not_allowed",
        "restart",
        "time_limit",
        "size_limit",
        "internal",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """The end of a run: its status, and for those that went wrong the kind and the words."""

    status: Run.Status
    done_reason: str = ""
    usage: Usage | None = None
    error_kind: str = ""
    error: str = ""
    # True where nothing had come yet and Ollama may take it later: back to its place in the line.
    may_wait: bool = False
    # True where the server took the request and was gone: it may have died of what was asked.
    dropped: bool = False
    # True where nothing had come either, and another server may have what this one lacks.
    may_go_elsewhere: bool = False


def done(done_reason: str, usage: Usage | None) -> Outcome:
    """Ollama said that it is finished."""
    return Outcome(Run.Status.DONE, done_reason, usage)


def stopped() -> Outcome:
    """Somebody asked for the end."""
    return Outcome(Run.Status.STOPPED)


def ended_by(kind: str, model: str) -> Outcome:
    """We ended it ourselves: a restart, a limit, a fault of ours."""
    status = Run.Status.INTERRUPTED if kind == "restart" else Run.Status.FAILED
    return Outcome(status, error_kind=kind, error=_sentence(kind, model))


def of_error(error: Exception, model: str) -> Outcome:
    """What an exception out of the client means for the run."""
    if is_ours(error):
        return ended_by("internal", model)
    assert isinstance(error, OllamaError)  # noqa: S101
    kind = _kind(error)
    words = _sentence(kind, model)
    if error.shown and kind not in _NO_DETAIL:  # not `said`: it may name paths and addresses
        words = f"{words} ({error.shown})"
    broke_off = isinstance(error, Interrupted)
    return Outcome(
        Run.Status.INTERRUPTED if broke_off else Run.Status.FAILED,
        error_kind=kind,
        error=words,
        may_wait=kind in ("busy", "unreachable") and error.before_first_byte,
        dropped=isinstance(error, Unreachable) and error.dropped,
        may_go_elsewhere=kind == "model_missing" and error.before_first_byte,
    )


def is_ours(error: Exception) -> bool:
    """Whether it is a fault of this program, and not of the server or the way to it."""
    return not isinstance(error, OllamaError)


def explain(run: Run) -> str:
    """`run.error` in the reader's language: it is stored in English, as nobody knows who reads."""
    english = _sentence(run.error_kind, run.model_name)
    if not english or not run.error.startswith(english):
        return run.error
    translated = gettext(WORDS[run.error_kind]) % {"model": run.model_name}
    return translated + run.error.removeprefix(english)


def _kind(error: OllamaError) -> str:
    """The kind that we have words for: the error's own, or that of what it is a case of."""
    kinds = (getattr(each, "kind", "") for each in type(error).__mro__)
    return next((kind for kind in kinds if kind in WORDS), "refused")


def _sentence(kind: str, model: str) -> str:
    return WORDS.get(kind, "") % {"model": model}
