"""What the settings of a conversation come to for a model: the parameters of a run, and words."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from chat.settings.options import OPTIONS
from chat.settings.think import think_for
from inference.models import ModelChoice
from inference.parameter_words import written

Settings = dict[str, Any]


def parameters_for(settings: Settings, asker: Person, model: ModelChoice) -> dict[str, Any]:
    """The parameters of a run: only what differs from the model's own and what it can take.

    What the asker may not set, or not any more, is brought down to what is allowed.
    """
    parameters: dict[str, Any] = {}
    if options := _options(settings, asker, model):
        parameters["options"] = options
    for name in ("system", "format"):
        if settings.get(name):
            parameters[name] = settings[name]
    think = think_for(settings.get("think"), model)
    if think is not None:
        parameters["think"] = think
    return parameters


def summary(settings: Settings, asker: Person, model: ModelChoice | None) -> str:
    """What differs from the model's own, shortly: "Temperature 0.2, JSON"; "" for nothing."""
    set_here = _options(settings, asker, model)
    said = [_("System prompt")] if settings.get("system") else []
    said += [
        f"{option.label} {written(set_here[option.name])}"
        for option in OPTIONS
        if option.name in set_here
    ]
    if "stop" in set_here:
        said.append(_("Stop words"))
    if wanted := settings.get("format"):
        said.append(_("JSON") if wanted == "json" else _("JSON by a schema"))
    return ", ".join(said)


def _options(settings: Settings, asker: Person, model: ModelChoice | None) -> dict[str, Any]:
    own = model.parameters if model else {}
    wanted = settings.get("options") or {}
    options = {
        option.name: min(wanted[option.name], option.most_for(asker, model))
        for option in OPTIONS
        if option.name in wanted
    }
    if words := wanted.get("stop"):
        # Ollama takes these in place of the model's own, without which it might run on.
        theirs = [word for word in own.get("stop") or [] if word not in words]
        options["stop"] = [*theirs, *words]
    return {name: value for name, value in options.items() if own.get(name) != value}
