"""The style that goes into a page that stands alone: that of the chat, as far as it needs it."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

PARTS = ("tokens.css", "base.css", "prose.css", "exported.css")


@cache
def style() -> SafeString:
    folder = Path(settings.BASE_DIR) / "static" / "css"
    # Files of ours, which hold no end tag.
    return mark_safe("\n".join((folder / name).read_text() for name in PARTS))  # noqa: S308
