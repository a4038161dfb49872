"""The text of a running answer that the database does not have yet."""


class Unsaved:
    """Holds pieces back until a frame has shown them: what is saved ends where a frame does.

    A page that shows the saved text can then go on with the next frame.
    """

    def __init__(self) -> None:
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

    def take(self) -> tuple[str, str]:
        """Thinking and text to save now; give_back() them if that fails."""
        thinking, text = self._shown
        taken = "".join(thinking), "".join(text)
        thinking.clear()
        text.clear()
        return taken

    def give_back(self, thinking: str, text: str) -> None:
        """Puts what take() gave before all that came since."""
        for parts, old in zip(self._shown, (thinking, text), strict=True):
            if old:
                parts.insert(0, old)
