"""The text of a running answer that the database does not have yet."""

from typing import NamedTuple


class Part(NamedTuple):
    """What to save: it follows the first `start` code points that the run wrote."""

    start: int
    thinking: str
    text: str


class Unsaved:
    """Holds pieces back until a frame has shown them: what is saved ends where a frame does.

    A page that shows the saved text can then go on with the next frame.
    """

    def __init__(self) -> None:
        self._start = 0
        self._new: tuple[list[str], list[str]] = ([], [])
        self._shown: tuple[list[str], list[str]] = ([], [])

    def add(self, thinking: str, text: str) -> None:
        """Takes in what has just come."""
        new_thinking, new_text = self._new
        if thinking:
            new_thinking.append(thinking)
        if text:
            new_text.append(text)

    def mark_shown(self) -> None:
        """All that was added may be saved now."""
        for new, shown in zip(self._new, self._shown, strict=True):
            shown.extend(new)
            new.clear()

    def take(self) -> Part:
        """What may be saved now; give_back() it if that fails."""
        thinking, text = ("".join(parts) for parts in self._shown)
        for parts in self._shown:
            parts.clear()
        part = Part(self._start, thinking, text)
        self._start += len(thinking) + len(text)
        return part

    def give_back(self, part: Part) -> None:
        """Puts what take() gave before all that came since, to be saved from the same start."""
        self._start = part.start
        for parts, old in zip(self._shown, (part.thinking, part.text), strict=True):
            if old:
                parts.insert(0, old)
