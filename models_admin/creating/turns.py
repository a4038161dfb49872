"""Example turns: what a model's every conversation begins with, as rows of the form."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inference.ollama.lines import clean_text
from inference.ollama.requests import Message
from models_admin.models import Typed

ROLES = {
    "user": gettext_lazy("A person says"),
    "assistant": gettext_lazy("The model says"),
    "system": gettext_lazy("The program says"),
}
MOST_TURNS = 100
LONGEST_TURN = 20_000  # characters


@dataclass
class Turn:
    """A row. Empty ones are left out of the model."""

    role: str
    text: str
    error: str = ""
    is_new: bool = False  # just added, so that one writes there

    @property
    def message(self) -> Message:
        return {"role": self.role, "content": self.text}


def turns_of(typed: Typed) -> list[Turn]:
    """The rows of the form, as they were sent."""
    roles, texts = typed.get("turn_role", []), typed.get("turn_text", [])
    return [
        Turn(role if role in ROLES else "user", clean_text(text.replace("\r\n", "\n")))
        for role, text in list(zip(roles, texts, strict=False))[: MOST_TURNS + 1]
    ]


def typed_turns(turns: Sequence[Turn]) -> Typed:
    """The other way round."""
    return {
        "turn_role": [turn.role for turn in turns],
        "turn_text": [turn.text for turn in turns],
    }


def check(turns: Sequence[Turn]) -> bool:
    """Writes to each row what is wrong with it; False if something is."""
    for number, turn in enumerate(turns):
        if number >= MOST_TURNS:
            turn.error = _("There can be %(most)s turns at most.") % {"most": MOST_TURNS}
        elif len(turn.text) > LONGEST_TURN:
            turn.error = _("A turn has at most %(most)s characters.") % {"most": LONGEST_TURN}
    return not any(turn.error for turn in turns)


def next_role(turns: Sequence[Turn]) -> str:
    """Who speaks in the row that is added."""
    return "assistant" if turns and turns[-1].role == "user" else "user"
