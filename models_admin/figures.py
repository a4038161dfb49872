"""Figures as people read them, in the language of the page."""

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
# What Ollama calls the abilities of models, in words. One that is new stays as it is.
ABILITIES: dict[str, str | Promise] = {
    "completion": pgettext_lazy("ability of a model", "chat"),
    "tools": gettext_lazy("tools"),
    "thinking": gettext_lazy("thinking"),
    "vision": gettext_lazy("images"),
    "embedding": gettext_lazy("embeddings"),
    "insert": gettext_lazy("fill-in"),
    "audio": gettext_lazy("sound"),
    "image": gettext_lazy("drawing"),
}


def size(count: int) -> str:
    """Bytes in steps of 1000, as Ollama and makers of disks count: "2.0 GB"."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 1 if unit > 1 and value < 99.95 else 0
    return f"{number_format(round(value, digits), digits)}\N{NO-BREAK SPACE}{UNITS[unit]}"


def tokens(count: int | None) -> str:
    """A number of tokens in steps of 1024: "128 k"; "" for none."""
    if not count:
        return ""
    if count < 1024:
        return str(count)
    digits = 0 if count % 1024 == 0 else 1
    return _("%(count)s k") % {"count": number_format(round(count / 1024, digits), digits)}


def ability(name: str) -> str:
    return str(ABILITIES.get(name, name))
