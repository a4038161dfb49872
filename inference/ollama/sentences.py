"""Sentences for people about what they wrote. Who shows them translates them."""

from collections.abc import Callable
from typing import Self


def gettext_noop(text: str) -> str:
    """Marks `text` for makemessages, which finds it by this name; knows nothing of Django."""
    return text


class Sentence(str):
    """An English sentence that remembers what it is made of, so that it can be translated.

    `words` is a constant with placeholders as `%(part)s`, marked with `gettext_noop`; a value that
    is a Sentence is translated too.
    """

    words: str
    values: dict[str, object]

    def __new__(cls, words: str, **values: object) -> Self:
        sentence = super().__new__(cls, words % values)
        sentence.words = words
        sentence.values = values
        return sentence

    def translated(self, gettext: Callable[[str], str]) -> str:
        """The sentence in the language that `gettext` speaks."""
        values = {
            name: value.translated(gettext) if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }
        return gettext(self.words) % values
