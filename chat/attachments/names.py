"""What a file is called: as its person knows it, without anything that misleads."""

import unicodedata

from django.utils.translation import gettext as _

LONGEST_NAME = 120
LONGEST_ENDING = 12


def clean(name: str) -> str:
    """The last part of a path, on one line, without characters that hide or turn others around."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    # Cc, Cf, Cs, Co, Cn: control, format (also right-to-left overrides), surrogates, no characters.
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in last)
    seen = " ".join(seen.split()).strip(". ")
    if not seen:
        return _("file")
    if len(seen) <= LONGEST_NAME:
        return seen
    stem, dot, ending = seen.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return seen[: LONGEST_NAME - 1] + "…"
    return stem[: LONGEST_NAME - len(ending) - 2] + "…." + ending


def ending_of(name: str) -> str:
    """Such as "py"; empty where there is none that says something."""
    ending = name.rpartition(".")[2].lower()
    is_word = "." in name and ending.isascii() and ending.isalnum()
    return ending if is_word and len(ending) <= LONGEST_ENDING else ""
