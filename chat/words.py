"""Figures in words, as a colleague would say them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def decimal(value: float) -> str:
    """With one digit after the point, in the reader's notation."""
    return number_format(round(value, 1), 1)  # which by itself only cuts off


def whole(value: int) -> str:
    """A number in full, grouped as the reader's notation has it: "12,345"."""
    return number_format(value, force_grouping=True)


def seconds(value: float) -> str:
    """A measured time, such as "0.9 s", "40 s" or "3 min"."""
    if value < 9.95:
        return _("%(n)s s") % {"n": decimal(value)}
    if value < 120:
        return _("%(n)s s") % {"n": round(value)}
    return _("%(n)s min") % {"n": round(value / 60)}


def about(value: float) -> str:
    """A waiting time, rounded so that it does not pretend to be known: "about 40 s"."""
    step = 5 if value < 30 else 10 if value < 115 else 60
    rounded = max(step, round(value / step) * step)
    if rounded < 120:
        return _("about %(n)s s") % {"n": rounded}
    return _("about %(n)s min") % {"n": rounded // 60}


def size(count: int) -> str:
    """A number of bytes, such as "740 bytes", "12 kB" or "1.4 MB"."""
    if count < 1000:
        return ngettext("%(n)s byte", "%(n)s bytes", count) % {"n": count}
    if count < 999_500:
        return _("%(n)s kB") % {"n": round(count / 1000)}
    return _("%(n)s MB") % {"n": decimal(count / 1_000_000)}


def tokens(count: int) -> str:
    """A number such as "740", "3.1 k" or "32 k": of 1024 where it is a multiple, else of 1000."""
    if count < 1000:
        return str(count)
    thousands = count / (1024 if count % 1024 == 0 else 1000)
    return _("%(n)s k") % {"n": decimal(thousands) if thousands % 1 else round(thousands)}


def in_line(position: int) -> str:
    """A place, such as "Next in line" or "2nd in line"."""
    if position <= 1:
        return _("Next in line")
    # A message for each English ending; other languages translate them all alike.
    if position % 100 not in (11, 12, 13):
        if position % 10 == 1:
            return _("%(n)sst in line") % {"n": position}
        if position % 10 == 2:
            return _("%(n)snd in line") % {"n": position}
        if position % 10 == 3:
            return _("%(n)srd in line") % {"n": position}
    return _("%(n)sth in line") % {"n": position}
