"""Why a job failed or has to wait, and what to do about it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.models import Job
from models_admin.jobs import kinds
from models_admin.jobs.handlers.asked import GONE
from models_admin.jobs.handlers.changes import TAKEN
from models_admin.jobs.handlers.memory import IN_USE

# By Job.error_kind: the kinds of OllamaError, and our own.
WORDS = {
    "unreachable": gettext_noop(
        "%(server)s cannot be reached. Look whether Ollama runs there, and at its address."
    ),
    "registry_unreachable": gettext_noop(
        "%(server)s has no connection to the registry. Look at its network, or try later."
    ),
    "refused": gettext_noop("Ollama on %(server)s refused it. Its log may say more."),
    "name_refused": gettext_noop("Ollama does not take the name %(name)s. Choose another one."),
    "not_allowed": gettext_noop(
        "The registry does not allow it. For a model that is not public, the key of %(server)s has "
        "to be added to an account there."
    ),
    "untrusted_registry": gettext_noop(
        "%(server)s does not trust the registry's certificate, or it speaks plain http. Who runs "
        "Webchat can list it as http://… in WEBCHAT_REGISTRIES."
    ),
    "bad_file": gettext_noop("The file is not a model that Ollama can use. Choose another one."),
    "blob_missing": gettext_noop(
        "The uploaded file is not on %(server)s any more. Upload it again."
    ),
    "busy": gettext_noop("%(server)s or the registry has too much to do."),
    "model_missing": gettext_noop(
        "%(name)s is not on %(server)s any more. Somebody may have deleted it."
    ),
    "not_in_registry": gettext_noop(
        "The registry has no model named %(name)s. Look at the spelling and the tag."
    ),
    "not_able": gettext_noop(
        "This model or this version of Ollama is not able to do it. A newer Ollama may be."
    ),
    "no_space": gettext_noop(
        "The disk of %(server)s is full. Delete models that nobody uses, then try again."
    ),
    "bad_answer": gettext_noop("What answers at %(server)s does not speak as Ollama does."),
    "interrupted": gettext_noop("The connection to %(server)s broke off."),
    "too_long": gettext_noop("It is too long for the model. Shorten it."),
    Job.LOST: gettext_noop(
        "The worker ended in the middle of it, several times. Its log may say why."
    ),
    Job.INTERNAL: gettext_noop("Something went wrong in Webchat itself. Its log says what."),
    TAKEN: gettext_noop(
        "Another model on %(server)s has the name %(said)s. Delete that one first, or choose "
        "another name."
    ),
    IN_USE: gettext_noop(
        "%(name)s is asked again and again on %(server)s, so it stays loaded. Try later."
    ),
    GONE: gettext_noop("%(server)s is not in use any more. Choose another server."),
}
# Kinds whose sentence says it all.
_NO_DETAIL = {"not_in_registry", "no_space", "unreachable", "model_missing", TAKEN, IN_USE, GONE}

# What is left on the server when a job did not come to its end.
_LEFT = {
    kinds.PULL: gettext_noop(
        "What came stays on %(server)s: to pull it again goes on from there. Ollama removes parts "
        "that nobody goes on with when it starts anew."
    ),
    kinds.PUSH: gettext_noop("Files that the registry has already are not sent again."),
    kinds.CREATE: gettext_noop(
        "No model was made. Files that no model uses are removed when Ollama starts anew."
    ),
    kinds.COPY: gettext_noop("Nothing was changed."),
    kinds.DELETE: gettext_noop("The model is still there."),
}
_LEFT_OPEN = gettext_noop(
    "It may have happened all the same. The list of models shows what %(server)s has now."
)
# Of what was sent, these kinds do not say whether it happened.
_OPEN_KINDS = {"", "interrupted", "unreachable"}
_LEFT_BOTH = gettext_noop(
    "%(server)s has the model under both names. Rename it again, or delete %(name)s."
)


def trouble(job: Job) -> str:
    """Why it failed or waits, and what to do; "" where nothing went wrong."""
    said = job.error
    words = WORDS.get(job.error_kind)
    if words is None:
        return said
    sentence: str = _(words) % _values(job)
    return f"{sentence} ({said})" if said and job.error_kind not in _NO_DETAIL else sentence


def left(job: Job) -> str:
    """What a job that was cancelled or has failed leaves behind, and how to clear it."""
    if job.error_kind in ("not_in_registry", "name_refused", GONE):
        return ""
    if job.kind == kinds.RENAME:
        words = _LEFT_BOTH if job.progress.get("copied") else _LEFT[kinds.COPY]
    elif job.progress.get("sent") and job.error_kind in _OPEN_KINDS:
        words = _LEFT_OPEN
    elif job.kind == kinds.PULL and not job.progress.get("completed"):
        return ""
    else:
        words = _LEFT.get(job.kind, "")
    return str(_(words) % _values(job)) if words else ""


def _values(job: Job) -> dict[str, str]:
    server = job.server.name if job.server else ""
    return {"server": server, "name": job.parameters["names"][0], "said": job.error}
