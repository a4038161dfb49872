"""Names of models that people type, checked before a server hears of them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inference.ollama import names
from inference.ollama.names import DEFAULT_HOST, BadName, ModelName


def checked(text: str) -> ModelName:
    """The name that somebody typed, for a model that may be pulled or pushed.

    Raises ValidationError, in the reader's language, for what is no name, for a registry that the
    settings don't list, and for a model that would run elsewhere where they don't allow that.
    """
    name = _run_here(text)
    host = name.host.lower()
    if host not in settings.REGISTRIES:
        listed = ", ".join(sorted(settings.REGISTRIES))
        raise ValidationError(
            _(
                "The registry %(host)s is not on this installation's list, which has %(listed)s. "
                "Who runs it can add it to WEBCHAT_REGISTRIES."
            )
            % {"host": host, "listed": listed}
        )
    if name.scheme == "http" and settings.REGISTRIES[host] != "http":
        raise ValidationError(
            _("%(host)s is not used over plain http. Leave out “http://”.") % {"host": host}
        )
    return name


def checked_for_here(text: str) -> ModelName:
    """The same for a model that is made here or was: no registry hears of it.

    So a name without a host may be given whichever registries the settings list.
    """
    name = _run_here(text)
    return checked(text) if name.is_remote or name.scheme == "http" else name


def _run_here(text: str) -> ModelName:
    name = parsed(text)
    if name.is_cloud and not settings.ALLOW_REMOTE_MODELS:
        raise ValidationError(
            _(
                "%(name)s would run on the servers of ollama.com, which would read all that is "
                "asked of it. This installation does not allow that."
            )
            % {"name": name}
        )
    return name


def parsed(text: str) -> ModelName:
    """The name that somebody typed, of a model that may be anywhere. Raises ValidationError."""
    try:
        return names.parse(text)
    except BadName as error:
        raise ValidationError(error.sentence.translated(_), code=error.part) from None


def is_plain_http(name: ModelName) -> bool:
    """Whether the settings say that its registry speaks plain http."""
    return bool(settings.REGISTRIES.get(name.host.lower()) == "http")


def registry_of(name: ModelName) -> str:
    """The registry that a pull or push of it goes to, for people."""
    return name.host.lower() if name.is_remote else DEFAULT_HOST
