"""How full the context is, as far as Ollama's counts tell."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat import words
from chat.models import Conversation, Message
from inference.context import CHARACTERS_PER_TOKEN
from inference.models import ModelChoice

# Enough of the path's end to meet the last answer whose tokens were counted.
LOOK_BACK = 8


@dataclass(frozen=True)
class Gauge:
    """Tokens `used` of `size`; each is None where it is not known yet."""

    used: int | None
    size: int | None
    # How what is typed is reckoned up before it is sent.
    characters_per_token: float = CHARACTERS_PER_TOKEN

    @property
    def ratio(self) -> str:
        """The characters of a token, as scripts read a number."""
        return f"{self.characters_per_token:.2f}"

    @property
    def is_drawn(self) -> bool:
        return self.size is not None and self.used is not None

    @property
    def level(self) -> int:
        return min(self.used or 0, self.size or 0)

    @property
    def low(self) -> int:
        """From here on it gets tight."""
        return (self.size or 0) * 78 // 100

    @property
    def high(self) -> int:
        return (self.size or 0) * 90 // 100

    @property
    def is_tight(self) -> bool:
        return self.size is not None and (self.used or 0) > self.low

    @property
    def words(self) -> str:
        """The figure that stands beside the drawing."""
        if self.used is None:
            return _("Context not known yet")
        if self.used == 0 and self.size is not None:
            return _("%(size)s tokens free") % {"size": words.tokens(self.size)}
        used = words.tokens(self.used)
        if self.size is None:
            return _("%(used)s tokens in context") % {"used": used}
        return _("%(used)s of %(size)s tokens") % {"used": used, "size": words.tokens(self.size)}


def gauge_of(
    conversation: Conversation | None, choice: ModelChoice | None, settings: dict[str, Any]
) -> Gauge:
    """From the counts of the last answer that ended, and the window of the model to ask next.

    `settings` are those of the conversation, or those that a fresh one begins with.
    """
    size = (settings.get("options") or {}).get("num_ctx") or (choice.num_ctx if choice else None)
    learned = (choice.characters_per_token if choice else None) or CHARACTERS_PER_TOKEN
    if conversation is None or conversation.leaf_id is None:
        return Gauge(0 if size else None, size, learned)
    used = Message.objects.tokens_at(conversation.leaf_id, LOOK_BACK)
    return Gauge(used, size, learned)
