"""A fenced code block that still grows: its text is only added to, never rendered again."""

import re

_OPENING = re.compile(r"( {0,3})(`{3,}|~{3,})[^\n]*\n")


class OpenCode:
    """Follows a top-level code block from its opening fence to the closing one.

    What `feed` returns, joined, is the text of the block as Markdown reads it, without the end of
    its last line.
    """

    def __init__(self, opening: str) -> None:
        """`opening` is the line of the opening fence."""
        match = _OPENING.fullmatch(opening)
        if match is None:
            raise ValueError(f"no fence: {opening!r}")
        indent, fence = match.groups()
        self.rest = ""
        self._indent = len(indent)
        self._closing = re.compile(rf" {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*")
        self._maybe_closing = re.compile(rf" {{0,3}}{fence[0]}*[ \t]*")
        self._source = [opening]
        self._line = ""  # the last line as far as it has come
        self._shown = 0  # how much of it was returned
        self._line_end = ""  # what comes before it

    @property
    def source(self) -> str:
        """The block as it was written, up to the last whole line."""
        return "".join(self._source)

    def feed(self, text: str) -> tuple[str, bool]:
        """What to add, and whether the block has closed; then `rest` is what comes after it."""
        lines = (self._line + text).split("\n")
        parts: list[str] = []
        for index, line in enumerate(lines[:-1]):
            self._source.append(f"{line}\n")
            if self._closing.fullmatch(line):
                self.rest = "\n".join(lines[index + 1 :])
                return "".join(parts), True
            parts.append(self._grow(line))
            self._line_end, self._shown = "\n", 0
        self._line = lines[-1]
        if not self._maybe_closing.fullmatch(self._line):
            parts.append(self._grow(self._line))
        return "".join(parts), False

    def _grow(self, line: str) -> str:
        code = self._dedented(line) if self._indent else line
        more = self._line_end + code[self._shown :]
        self._line_end, self._shown = "", len(code)
        return more

    def _dedented(self, line: str) -> str:
        """Without as much indentation as the opening fence has; of a tab its other columns stay."""
        kept = line[: self._indent].lstrip(" ") + line[self._indent :]
        spaces = len(line) - len(kept)
        if spaces < self._indent and kept.startswith("\t"):
            return " " * (4 - self._indent) + kept[1:]
        return kept
