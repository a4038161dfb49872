"""What a model wrote, as a page shows it: whole, or its end where it is far too long."""

from dataclasses import dataclass

from inference.live.parts import MARK, parts

# Characters of HTML that a page takes as they are, and those that it begins with where there are
# more; the parts before them come when they are needed. 60,000 are 400 to 900 lines.
MOST = 200_000
END = 60_000


@dataclass(frozen=True)
class Prose:
    """The last parts of a text's HTML, all in one where it is whole, and how many are before."""

    parts: list[str]
    missing: int = 0
    size: int | None = None  # characters of all of it, where a page does well to compare only that

    @property
    def is_cut(self) -> bool:
        return self.missing > 0


def prose_of(html: str, *, whole: bool = False) -> Prose:
    """The text with this HTML, if need be only its end."""
    if len(html) <= MOST:
        return Prose([html])
    at = -1 if whole else html.rfind(MARK, 0, -END)
    if at < 0:
        return Prose([html], size=len(html))
    # All parts are made only of what is shown, as the text may be of megabytes.
    return Prose(parts(html[at:])[1:], html.count(MARK, 0, at) + 1, len(html))


def part_of(html: str, first: int, last: int) -> list[str]:
    """The parts `first` to `last`, without the latter; empty where there are none."""
    return parts(html)[first:last] if MARK in html and 0 <= first < last else []
