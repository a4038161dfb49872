"""The options of a model that a person may set, with their limits and what holds if they do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from inference.models import ModelChoice

Number = int | float

# Tokens. An endless answer keeps a slot from everybody, and a huge context the memory.
MOST_TOKENS = 1_048_576
MOST_TOKENS_OF_MEMBERS = 32_768
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Option:
    """An option with a number. `usual` is Ollama's default; None where it depends."""

    name: str
    label: Any
    help: Any
    least: Number
    most: Number
    usual: Number | None = None
    # Said where neither the model nor `usual` has a number.
    otherwise: Any = ""

    @property
    def is_whole(self) -> bool:
        return isinstance(self.least, int)

    @property
    def counts_tokens(self) -> bool:
        return self.name in ("num_ctx", "num_predict")

    def most_for(self, person: Person, model: ModelChoice | None) -> Number:
        """The largest number that this person may set; no context is longer than was trained."""
        if not self.counts_tokens:
            return self.most
        most = self.most if person.manages_models else MOST_TOKENS_OF_MEMBERS
        trained = model.context_length if model and self.name == "num_ctx" else None
        return max(self.least, min(most, trained or most))

    def own(self, model: ModelChoice | None) -> str:
        """What holds if nothing is set, in words."""
        value = model.parameters.get(self.name) if model else None
        if isinstance(value, int | float):
            return _("The model's own: %(value)s") % {"value": written(value)}
        if self.name == "num_ctx" and model and model.loaded and model.num_ctx:
            return _("Now: %(value)s") % {"value": written(model.num_ctx)}
        if self.usual is not None:
            return _("Ollama's own: %(value)s") % {"value": written(self.usual)}
        return str(self.otherwise)


def written(value: Number) -> str:
    """A number in the reader's notation, as short as it goes."""
    return str(localize(int(value) if value == int(value) else value))


OPTIONS: Sequence[Option] = (
    Option(
        "temperature",
        gettext_lazy("Temperature"),
        gettext_lazy("Low is sober, high is fanciful."),
        0.0,
        2.0,
        0.8,
    ),
    Option(
        "top_p",
        gettext_lazy("Top P"),
        gettext_lazy("Only the likeliest words that together reach this share."),
        0.0,
        1.0,
        0.9,
    ),
    Option("top_k", gettext_lazy("Top K"), gettext_lazy("Only so many words."), 0, 1_000, 40),
    Option(
        "min_p",
        gettext_lazy("Min P"),
        gettext_lazy("Only words with at least this share of the likeliest one's."),
        0.0,
        1.0,
        0.0,
    ),
    Option(
        "repeat_penalty",
        gettext_lazy("Repeat penalty"),
        gettext_lazy("Above 1, words that were just used come less often."),
        0.1,
        2.0,
        otherwise=gettext_lazy("Ollama's own: 1 or 1.1, by its version"),
    ),
    Option(
        "seed",
        gettext_lazy("Seed"),
        gettext_lazy("The same number gives the same answer to the same words."),
        0,
        LARGEST_SEED,
        otherwise=gettext_lazy("Ollama's own: another one each time"),
    ),
    Option(
        "num_predict",
        gettext_lazy("Longest answer"),
        gettext_lazy("In tokens."),
        1,
        MOST_TOKENS,
        otherwise=gettext_lazy("Ollama's own: no limit"),
    ),
    Option(
        "num_ctx",
        gettext_lazy("Context"),
        gettext_lazy(
            "In tokens. With another size than now the model is loaded anew, which takes its time "
            "and concerns everybody who uses it."
        ),
        256,
        MOST_TOKENS,
        otherwise=gettext_lazy("Ollama's own: by the server's memory"),
    ),
)
