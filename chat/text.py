"""Text as people send it, made fit to be stored and shown."""

import math
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

LONGEST_MESSAGE_BYTES = 1_000_000
_UNSEEN = ("Cc", "Cf")  # Unicode's categories of control and format characters
# Characters of a title: at most, and of one that is made of the first words of a text.
LONGEST_TITLE = 200
LONGEST_MADE_TITLE = 60


def clean(text: str) -> str:
    """Drops NUL, replaces lone surrogates and makes every line end a newline.

    PostgreSQL refuses the first two, and browsers send CRLF.
    """
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    cleaned = text.encode("utf-8", "replace").decode()
    return text if cleaned == text else cleaned  # not a copy: imports hold much


def says_something(text: str) -> bool:
    """Whether there is anything to see: zero-width signs and marks of direction are nothing."""
    return any(not c.isspace() and unicodedata.category(c) not in _UNSEEN for c in text)


def check_length(text: str) -> None:
    """Raises ValidationError, with the sizes in words, if the text is too long to be sent."""
    size = len(text.encode())
    if size > LONGEST_MESSAGE_BYTES:
        raise ValidationError(
            _("This message has %(size)s MB; at most 1 MB can be sent. Shorten or split it."),
            code="too_long",
            params={"size": number_format(math.ceil(size / 10_000) / 100, 2)},
        )


def title_of(text: str) -> str:
    """The first words of a text: whole words, at most LONGEST_MADE_TITLE characters."""
    words = text[: 8 * LONGEST_MADE_TITLE].split()
    title = ""
    for word in words:
        longer = f"{title} {word}" if title else word
        if len(longer) > LONGEST_MADE_TITLE:
            break
        title = longer
    if not title and words:  # one very long word
        title = words[0][: LONGEST_MADE_TITLE - 1]
    return title if title == " ".join(text.split()) else f"{title.rstrip('.,;:')} …"
