"""The options of a model that a person may set in a chat, with their limits there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from inference.models import ModelChoice
from inference.parameter_words import WORDS, Number, unset, written

# Tokens. An endless answer keeps a slot from everybody, and a huge context the memory.
MOST_TOKENS = 1_048_576
MOST_TOKENS_OF_MEMBERS = 32_768
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Option:
    """An option with a number."""

    name: str
    least: Number
    most: Number
    # Said here in place of what the parameter means.
    remark: Any = ""

    @property
    def label(self) -> Any:
        return WORDS[self.name].label

    @property
    def help(self) -> Any:
        return self.remark or WORDS[self.name].meaning

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
        own = model.parameters if model else {}
        now = model.num_ctx if model and model.loaded else None
        if self.name == "num_ctx" and "num_ctx" not in own and now:
            return _("Now: %(value)s") % {"value": written(now)}
        return unset(self.name, own)


OPTIONS: Sequence[Option] = (
    Option("temperature", 0.0, 2.0),
    Option("top_p", 0.0, 1.0),
    Option("top_k", 0, 1_000),
    Option("min_p", 0.0, 1.0),
    Option("repeat_penalty", 0.1, 2.0),
    Option("seed", 0, LARGEST_SEED),
    Option("num_predict", 1, MOST_TOKENS),
    Option(
        "num_ctx",
        256,
        MOST_TOKENS,
        gettext_lazy(
            "In tokens. With another size than now the model is loaded anew, which takes its time "
            "and concerns everybody who uses it."
        ),
    ),
)
