"""Which rows somebody wants to see, and in which order. No I/O."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from models_admin.board.rows import Row

STATES = {
    "loaded": _("Loaded now"),
    "used": _("Used in the last 30 days"),
    "unused": _("Not used for 30 days"),
}
# By what the board is sorted, each with whether it begins with the largest.
SORTS: dict[str, tuple[Callable[[Row], Any], bool]] = {
    "name": (lambda row: row.name.removesuffix(":latest").lower(), False),
    "size": (lambda row: row.size, True),
    "context": (lambda row: row.context_length or 0, True),
    "changed": (lambda row: row.modified_at.timestamp() if row.modified_at else 0.0, True),
    "used": (lambda row: row.usage.runs, True),
}
SORT_WORDS = {
    "name": _("By name"),
    "size": _("Largest first"),
    "context": _("Longest context first"),
    "changed": _("Changed last first"),
    "used": _("Most used first"),
}
LONGEST = 200  # characters of a search


@dataclass(frozen=True)
class Search:
    """What an address asks for. Words that mean nothing count as left out."""

    text: str = ""
    state: str = ""
    can: str = ""
    server: str = ""
    sort: str = "name"  # with a "-" before it the other way round

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Search":
        state, sort = query.get("state", ""), query.get("sort", "")
        return cls(
            text=query.get("q", "").strip()[:LONGEST],
            state=state if state in STATES else "",
            can=query.get("can", "")[:LONGEST],
            server=query.get("server", "")[:LONGEST],
            sort=sort if sort.removeprefix("-") in SORTS else "name",
        )

    def query(self) -> str:
        """The part of an address that asks for this: "" or "?q=…"."""
        sort = self.sort if self.sort != "name" else ""
        values = {"q": self.text, "state": self.state, "can": self.can, "server": self.server}
        given = {name: value for name, value in (values | {"sort": sort}).items() if value}
        return f"?{urlencode(given)}" if given else "?"

    def by(self, sort: str) -> "Search":
        """The same sorted by that, or the other way round where it is so already."""
        return replace(self, sort=f"-{sort}" if self.sort == sort else sort)

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """Those that fit, in order. Equal ones stay in the order of names."""
        key, largest_first = SORTS[self.sort.removeprefix("-")]
        found = sorted(filter(self._fits, rows), key=SORTS["name"][0])
        return sorted(found, key=key, reverse=largest_first != self.sort.startswith("-"))

    def _fits(self, row: Row) -> bool:
        return (
            self._fits_state(row)
            and (not self.can or self.can in row.capabilities)
            and (not self.server or any(str(copy.server_id) == self.server for copy in row.copies))
            and all(word in _words_of(row) for word in self.text.lower().split())
        )

    def _fits_state(self, row: Row) -> bool:
        match self.state:
            case "loaded":
                return bool(row.loaded)
            case "used":
                return row.usage.runs > 0
            case "unused":
                return row.usage.runs == 0
            case _:
                return True


def _words_of(row: Row) -> str:
    servers = (copy.server for copy in row.copies)
    said = (row.name, row.family, row.parameter_size, row.quantization, row.digest, row.parent)
    return "\n".join((*said, *row.capabilities, *row.groups, *servers)).lower()
