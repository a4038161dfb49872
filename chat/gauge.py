"""How full the context is, as far as Ollama's counts tell."""

import math
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from chat import words
from chat.models import Attachment, Conversation, Message
from chat.models.message import Counted
from inference.context import AROUND_A_MESSAGE, CHARACTERS_PER_TOKEN, IMAGE_TOKENS
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
    image_tokens: float = IMAGE_TOKENS
    # Whether a part of it was not counted by itself: an answer that was stopped, or thoughts.
    is_estimate: bool = False

    @property
    def ratio(self) -> str:
        """The characters of a token, as scripts read a number."""
        return f"{self.characters_per_token:.2f}"

    @property
    def image(self) -> int:
        """The tokens of an image, likewise."""
        return round(self.image_tokens)

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
            about, exact = _("about %(used)s tokens in context"), _("%(used)s tokens in context")
            return (about if self.is_estimate else exact) % {"used": used}
        about, exact = _("about %(used)s of %(size)s tokens"), _("%(used)s of %(size)s tokens")
        figures = {"used": used, "size": words.tokens(self.size)}
        return (about if self.is_estimate else exact) % figures


def gauge_of(
    conversation: Conversation | None, choice: ModelChoice | None, settings: dict[str, Any]
) -> Gauge:
    """From the counts of the last answer that ended, and the window of the model to ask next.

    `settings` are those of the conversation, or those that a fresh one begins with.
    """
    asked = (settings.get("options") or {}).get("num_ctx")
    size = choice.window(asked) if choice else asked
    learned = (choice.characters_per_token if choice else None) or CHARACTERS_PER_TOKEN
    image = (choice.image_tokens if choice else None) or IMAGE_TOKENS
    gauge = Gauge(0 if size else None, size, learned, image)
    if conversation is None or conversation.leaf_id is None:
        return gauge
    counted = Message.objects.counted_at(conversation.leaf_id, LOOK_BACK)
    if counted is None:
        return replace(gauge, used=None)
    more = _uncounted(counted, learned, image)
    return replace(gauge, used=counted.tokens + more, is_estimate=more > 0 or counted.is_estimate)


def _uncounted(counted: Counted, characters_per_token: float, image_tokens: float) -> int:
    """About how many tokens the messages take that came after what was counted."""
    said = sum(math.ceil(each / characters_per_token) for each in counted.characters)
    around = len(counted.characters) * AROUND_A_MESSAGE
    if not counted.with_files:
        return said + around
    files = Attachment.objects.filter(message__in=counted.with_files)
    images = Q(kind=Attachment.Kind.IMAGE)
    attached = files.aggregate(texts=Sum("tokens", filter=~images), images=Count("pk", images))
    read: int = (attached["texts"] or 0) + round(attached["images"] * image_tokens)
    return said + around + read
