"""What people call a model's parameters, and what they mean: for every form that sets some."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inference.ollama.parameters import PARAMETERS

Number = int | float


@dataclass(frozen=True)
class Words:
    """A parameter's name and meaning; `unset` says what holds where Ollama's own is no number."""

    label: Any
    meaning: Any
    unset: Any = ""


WORDS = {
    "temperature": Words(
        gettext_lazy("Temperature"), gettext_lazy("Low is sober, high is fanciful.")
    ),
    "top_p": Words(
        gettext_lazy("Top P"),
        gettext_lazy("Only the likeliest words that together reach this share."),
    ),
    "top_k": Words(gettext_lazy("Top K"), gettext_lazy("Only so many words.")),
    "min_p": Words(
        gettext_lazy("Min P"),
        gettext_lazy("Only words with at least this share of the likeliest one's."),
    ),
    "repeat_penalty": Words(
        gettext_lazy("Repeat penalty"),
        gettext_lazy("Above 1, words that were just used come less often."),
        gettext_lazy("Ollama's own: 1 or 1.1, by its version"),
    ),
    "seed": Words(
        gettext_lazy("Seed"),
        gettext_lazy("The same number gives the same answer to the same words."),
        gettext_lazy("Ollama's own: another one each time"),
    ),
    "num_predict": Words(
        gettext_lazy("Longest answer"),
        gettext_lazy("In tokens."),
        gettext_lazy("Ollama's own: no limit"),
    ),
    "num_ctx": Words(
        gettext_lazy("Context"),
        gettext_lazy("In tokens."),
        gettext_lazy("Ollama's own: by the server's memory"),
    ),
    "stop": Words(
        gettext_lazy("Stop words"),
        gettext_lazy(
            "Where one of them would come, the answer ends. One a line; \\n is a line break."
        ),
        gettext_lazy("Ollama's own: none"),
    ),
    "repeat_last_n": Words(
        gettext_lazy("Window of the repeat penalty"),
        gettext_lazy("In tokens before the next one; -1 for the whole context."),
    ),
    "presence_penalty": Words(
        gettext_lazy("Presence penalty"),
        gettext_lazy("Above 0, words that have come at all come less often."),
    ),
    "frequency_penalty": Words(
        gettext_lazy("Frequency penalty"),
        gettext_lazy("Above 0, words come the less, the more often they have come."),
    ),
    "typical_p": Words(
        gettext_lazy("Typical P"),
        gettext_lazy("Only words about as surprising as one would expect; 1 is all of them."),
    ),
    "num_keep": Words(
        gettext_lazy("Kept from the beginning"),
        gettext_lazy("In tokens, that stay when the context is full."),
    ),
    "num_batch": Words(
        gettext_lazy("Batch"), gettext_lazy("Tokens of a question that are read at once.")
    ),
    "num_gpu": Words(
        gettext_lazy("Layers on the GPU"),
        gettext_lazy("0 is none of them."),
        gettext_lazy("Ollama's own: as many as fit"),
    ),
    "main_gpu": Words(
        gettext_lazy("Main GPU"),
        gettext_lazy("The number of the one that holds what cannot be shared out."),
        gettext_lazy("Ollama's own: the first one"),
    ),
    "use_mmap": Words(
        gettext_lazy("Map the file into memory"),
        gettext_lazy("Loads quickly, and reads from the disk as needed."),
        gettext_lazy("Ollama's own: by the server"),
    ),
    "num_thread": Words(
        gettext_lazy("Threads"),
        gettext_lazy("On the processor."),
        gettext_lazy("Ollama's own: by the server's cores"),
    ),
    "draft_num_predict": Words(
        gettext_lazy("Drafted tokens"),
        gettext_lazy("That a small model drafts at once, for the large one to check."),
    ),
}


def written(value: Number) -> str:
    """A number in the reader's notation, as short as it goes."""
    return str(localize(int(value) if value == int(value) else value))


def unset(name: str, own: Mapping[str, Any]) -> str:
    """What holds where the parameter is not set, in words; `own` are those of the model."""
    value = own.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _("The model's own: %(value)s") % {"value": written(value)}
    if words := WORDS[name].unset:
        return str(words)
    default = PARAMETERS[name].default
    return "" if default is None else _("Ollama's own: %(value)s") % {"value": written(default)}
