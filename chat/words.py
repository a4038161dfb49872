"""Figures in words, as a colleague would say them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def decimal(value: float) -> str:
    """ "38.2", in the reader's notation."""
    return number_format(value, 1)


def seconds(value: float) -> str:
    """ "0.9 s", "40 s", "3 min"."""
    if value < 9.95:
        return _("%(n)s s") % {"n": number_format(value, 1)}
    if value < 120:
        return _("%(n)s s") % {"n": round(value)}
    return _("%(n)s min") % {"n": round(value / 60)}


def about(value: float) -> str:
    """A waiting time, rounded so that it does not pretend to be known: "about 40 s"."""
    step = 5 if value < 30 else 10 if value < 120 else 60
    return _("about %(time)s") % {"time": seconds(max(step, round(value / step) * step))}


def tokens(count: int) -> str:
    """ "740", "3.1 k", "32 k": thousands of 1000, but of 1024 where the number is a multiple."""
    if count < 1000:
        return str(count)
    size = 1024 if count % 1024 == 0 else 1000
    thousands = count / size
    return _("%(n)s k") % {"n": number_format(thousands, 0 if thousands % 1 == 0 else 1)}


def in_line(position: int) -> str:
    """ "Next in line", "2nd in line"."""
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
