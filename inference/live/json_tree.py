"""JSON from a model → a tree to fold and unfold, in HTML that is safe to show.

All that comes from the model goes through `escape`, and stands between elements, never in a tag:
there is nothing to clean. No word of the interface is in it, as one HTML serves readers of all
languages. What is too large for a page is cut there; the text itself stays to be copied.
"""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from inference.live.plain import plain

# Values that a page shows, levels that it shows as a tree, and how many of these are unfolded.
MOST_VALUES = 2_000
DEEPEST = 24
UNFOLDED = 2
# Characters of one value or name.
LONGEST = 5_000
MORE = "…"


class NoJson(ValueError):
    """The text is not JSON, or not all of it."""


class _Object(list[tuple[str, Any]]):
    """The members in their order, also where one name is there twice."""


class _Number(str):
    """A number as it was written: none is too long, or loses digits."""

    __slots__ = ()


def tree(text: str) -> str:
    """The HTML of a whole JSON text. Raises NoJson."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_Object,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise NoJson(str(error)) from error
    return f'<div class="tree">{"".join(_Writer().top(value))}</div>'


def tree_of(value: Any) -> str:
    """The same of a value that was parsed before. Raises NoJson where JSON cannot hold it."""
    try:
        return tree(json.dumps(value))
    except (TypeError, RecursionError) as error:
        raise NoJson(str(error)) from error


class _Writer:
    def __init__(self) -> None:
        self._left = MOST_VALUES

    def top(self, value: Any) -> Iterator[str]:
        if isinstance(value, list) and value:
            yield from self._entries(value, 1)
        else:
            yield f"<p>{_leaf(value)}</p>"

    def _entries(self, value: list[Any], depth: int) -> Iterator[str]:
        named = value if isinstance(value, _Object) else enumerate(value)
        yield "<ul>"
        for name, entry in named:
            if not self._left:
                yield f"<li>{MORE}</li>"
                break
            self._left -= 1
            yield "<li>"
            yield from self._entry(_name(name), entry, depth)
            yield "</li>"
        yield "</ul>"

    def _entry(self, name: str, value: Any, depth: int) -> Iterator[str]:
        if not isinstance(value, list) or not value:
            yield f"{name} {_leaf(value)}"
            return
        count = f"{{{len(value)}}}" if isinstance(value, _Object) else f"[{len(value)}]"
        if depth >= DEEPEST:
            yield f"{name} <small>{count} {MORE}</small>"
            return
        yield f"<details{' open' if depth < UNFOLDED else ''}>"
        yield f"<summary>{name} <small>{count}</small></summary>"
        yield from self._entries(value, depth + 1)
        yield "</details>"


def _name(name: str | int) -> str:
    if isinstance(name, int):
        return f"<small>{name + 1}</small>"
    return f"<b><bdi>{_shown(name)}</bdi></b>"


def _leaf(value: Any) -> str:
    if isinstance(value, _Number):
        return f'<span class="m">{_shown(value)}</span>'
    if isinstance(value, str):
        return (
            f'<span class="s" dir="auto">{_shown(value)}</span>' if value else '<small>""</small>'
        )
    if isinstance(value, list):
        return f"<small>{'{}' if isinstance(value, _Object) else '[]'}</small>"
    return f'<span class="k">{json.dumps(value)}</span>'


def _shown(text: str) -> str:
    cut = text if len(text) <= LONGEST else text[:LONGEST] + MORE
    return escape(plain(cut))


def _refuse(constant: str) -> Any:
    raise NoJson(f"{constant} is no number of JSON")
