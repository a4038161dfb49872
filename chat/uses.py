"""What the chat would miss if a model were gone."""

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import ngettext

from chat.models import Conversation
from inference.model_uses import LATELY


def conversations(name: str) -> list[str]:
    """How many conversations of how many people went on with it lately; never which."""
    since = timezone.now() - LATELY
    using = Conversation.objects.filter(model_name=name, updated_at__gte=since, deleted_at=None)
    found = using.aggregate(count=Count("pk"), people=Count("owner", distinct=True))
    if not found["count"]:
        return []
    people = ngettext("%(people)d person", "%(people)d people", found["people"]) % found
    words = ngettext(
        "%(count)d conversation of the last 30 days goes on with it, of %(people)s.",
        "%(count)d conversations of the last 30 days go on with it, of %(people)s.",
        found["count"],
    )
    return [words % {"count": found["count"], "people": people}]
