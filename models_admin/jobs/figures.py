"""Bytes and times of jobs in words."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from models_admin.figures import UNITS, size


def part(done: int, total: int) -> str:
    """Bytes of bytes, in the unit of the whole: "11.2 of 20.2 GB"."""
    unit = 0
    while total / 1000**unit >= 999.5 and unit < len(UNITS) - 1:
        unit += 1
    digits = 1 if unit > 1 and total / 1000**unit < 99.95 else 0
    values = {
        "done": number_format(round(done / 1000**unit, digits), digits),
        "total": number_format(round(total / 1000**unit, digits), digits),
        "unit": UNITS[unit],
    }
    return _("%(done)s of %(total)s %(unit)s") % values


def speed(bytes_a_second: float) -> str:
    """Such as "84 MB/s"."""
    return _("%(size)s/s") % {"size": size(round(bytes_a_second))}


def patterns() -> dict[str, str]:
    """The words of the other functions, for a module of a page that knows the figures itself."""
    return {
        "part": _("%(done)s of %(total)s %(unit)s"),
        "speed": _("%(size)s/s"),
        "seconds": _("about %(n)s s left"),
        "minutes": _("about %(n)s min left"),
        "hours": _("about %(n)s h left"),
    }


def left(seconds: float) -> str:
    """The time that is left, as far as one can know it: "about 40 s left"."""
    if seconds < 55:
        return _("about %(n)s s left") % {"n": max(5, round(seconds / 5) * 5)}
    if seconds < 90 * 60:
        return _("about %(n)s min left") % {"n": max(1, round(seconds / 60))}
    return _("about %(n)s h left") % {"n": round(seconds / 3600)}
