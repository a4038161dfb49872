"""What the blocks of one message need to know of those before them."""

from dataclasses import dataclass, field

from inference.live.parts import LONG, MARK

# The page's own heading is the first level; deeper ones than the fourth have no look of their own.
TOP, DEEPEST = 2, 4


@dataclass(slots=True)
class Carried:
    """The headings a block stands under, the numbers of footnotes and formulas so far, and how much
    HTML came since the last cut (parts.py)."""

    levels: list[int] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    referred: set[int] = field(default_factory=set)
    formulas: int = 0
    uncut: int = 0

    def copy(self) -> "Carried":
        return Carried(
            self.levels[:], self.numbers.copy(), self.referred.copy(), self.formulas, self.uncut
        )

    def heading(self, level: int) -> int:
        """The level of the page for the next heading, which the message gave `level` (1 to 6).

        A message may begin with the third level and leave out others: the page's outline goes
        down by one step at a time.
        """
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
        self.levels.append(level)
        return min(TOP - 1 + len(self.levels), DEEPEST)

    def number(self, footnote: str) -> int:
        """The number of a footnote, by the order in which they are first named."""
        return self.numbers.setdefault(footnote.casefold(), len(self.numbers) + 1)

    def cut(self, html: str) -> str:
        """The HTML of the next block, after a mark where enough came before it."""
        cut = self.would_cut(html)
        self.uncut = len(html) + (self.uncut if cut is html else 0)
        return cut

    def would_cut(self, html: str) -> str:
        """The same for a block that is still open."""
        return html if self.uncut < LONG else f"{MARK}{html}"
