"""Continue's seam: how what a model adds meets the text that was there."""


class Seam:
    """Joins what a model adds to a text that was sent to it without its trailing white space.

    The model often begins with the white space that was cut. On the page it is still there, and
    what is shown can only grow: so what the two have in common counts once.
    """

    def __init__(self, before: str) -> None:
        self._shown = before[len(before.rstrip()) :]
        self._held = ""
        self._open = bool(self._shown)

    def feed(self, text: str) -> str:
        """What of `text` to add to the page; leading white space is held until more comes."""
        if not self._open:
            return text
        self._held += text
        if not self._held.strip():
            return ""
        return self.end()

    def end(self) -> str:
        """What was held, when no more comes."""
        if not self._open:
            return ""
        self._open = False
        words = self._held.lstrip()
        space = self._held[: len(self._held) - len(words)]
        self._held = ""
        if not words:
            return ""
        return space.removeprefix(self._shown) + words if space.startswith(self._shown) else words
