"""What a username may be, and when two are the same."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 64
_MARKS = "._-@+"
# Letters and marks that Unicode counts as such and nobody can see: two names would look the same.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def normalised(username: str) -> str:
    """As it is stored and shown: one way of writing each character, case as typed."""
    return unicodedata.normalize("NFKC", username).strip()


def folded(username: str) -> str:
    """As it is compared: equal for two usernames that differ in case or in how they are encoded.

    Folded here and not by the database, whose LOWER knows only ASCII in SQLite.
    """
    return unicodedata.normalize("NFKC", normalised(username).casefold())


def validate(username: str) -> None:
    """Raises ValidationError where a normalised username is not one."""
    if not username or len(username) > LONGEST or len(folded(username)) > LONGEST:
        raise ValidationError(
            _("A username has 1 to %(longest)d characters.") % {"longest": LONGEST},
            code="length",
        )
    if not _is_letter_or_digit(username[0]) or not all(map(_may_stand_in, username)):
        raise ValidationError(
            _("A username begins with a letter or digit; . _ - @ + may stand between."),
            code="characters",
        )


def _is_letter_or_digit(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" and not _INVISIBLE.match(character)


def _may_stand_in(character: str) -> bool:
    if character in _MARKS:
        return True
    return unicodedata.category(character)[0] in "LMN" and not _INVISIBLE.match(character)
